"""What the pure package hands out is never changed afterwards: each of its dataclasses is frozen."""

import dataclasses
import importlib
import pkgutil

import ict


def test_every_dataclass_is_frozen() -> None:
    modules = [importlib.import_module(one.name) for one in pkgutil.walk_packages(ict.__path__, "ict.")]
    found = {
        cls
        for module in modules
        for cls in vars(module).values()
        if isinstance(cls, type) and dataclasses.is_dataclass(cls) and cls.__module__ == module.__name__
    }
    assert len(found) > 40
    assert [cls for cls in found if not cls.__dataclass_params__.frozen] == []
