"""What source code says about itself: imports, loops, looks ahead, lengths and rule IDs."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

# A look at later rows, or at rows from the end: what a backtest can and a live bot cannot. Each with the text
# without which it can't be there, as ruff formats code.
LOOKS_AHEAD = {
    ".shift(": r"\.shift\(\s*(periods\s*=\s*)?-", "center": r"center\s*=\s*True", "bfill": r"\bbfill\b",
    "backfill": r"\bbackfill\b", "[::-": r"\[\s*::\s*-", "np.flip": r"np\.(flip|flipud)\(",
    "np.roll": r"np\.roll\(", "interpolate": r"\binterpolate\(",
}  # fmt: skip
ROW_LOOPS = {
    "iterrows": r"\.iterrows\(",
    "itertuples": r"\.itertuples\(",
    ".apply(": r"\.apply\([^)]*axis\s*=\s*(1|'columns')",
    "range(len(": r"\bfor\s+\w+\s+in\s+range\(\s*len\(",
    "vectorize": r"np\.vectorize\(",
}
CLOCKS = {
    "now()": r"\b(now|utcnow)\(\)",
    "Timestamp.": r"\bTimestamp\.(now|utcnow|today)\b",
    "datetime.now(": r"\bdatetime\.now\(",
    "today()": r"\btoday\(\)",
    "date.today(": r"\bdate\.today\(",
    "time.time(": r"\btime\.time\(",
    "time.monotonic(": r"\btime\.monotonic\(",
}
RULE_ID = re.compile(
    r"\b(?:OB|FVG|ZONE|SWING|BOS|CHOCH|HTF|VOL|OTE|PD|EQ|POOL|SWEEP|REV|KZ|SIG|EXIT|RISK|BOOK)-\d+\b"
)

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


def python_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


@cache
def tree_of(source: str) -> ast.Module:
    """Tree of a source, which is read many times."""
    return ast.parse(source)


@cache
def statements(source: str) -> list[ast.AST]:
    """Every statement of a source, however deep; expressions hold none."""
    found: list[ast.AST] = []
    open_ones: list[ast.AST] = [tree_of(source)]
    while open_ones:
        node = open_ones.pop()
        found.append(node)
        for part in ("body", "orelse", "finalbody", "handlers", "cases"):
            open_ones += getattr(node, part, [])
    return found


@cache
def without_comments(source: str) -> str:
    """Code alone: neither comments nor docstrings, which may speak of what the code must not do."""
    return ast.unparse(_StripDocstrings().visit(ast.parse(source)))


class _StripDocstrings(ast.NodeTransformer):
    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        is_text = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        return ast.Pass() if is_text else node


def found(patterns: dict[str, str], source: str) -> list[str]:
    """Parts of the code that match one of the patterns."""
    possible = [pattern for text, pattern in patterns.items() if text in source]
    return [match.group() for pattern in possible for match in re.finditer(pattern, without_comments(source))]


def imported_modules(source: str, package: str = "") -> set[str]:
    names: set[str] = set()
    for node in statements(source):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            base = ".".join(parts[: len(parts) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, [base, node.module or ""]))
            names |= {module} if node.module else {f"{module}.{alias.name}" for alias in node.names}
    return names


def clock_calls(source: str) -> list[str]:
    return found(CLOCKS, source)


def functions(source: str) -> Iterator[FunctionNode]:
    return (n for n in statements(source) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


def body_lines(function: FunctionNode) -> int:
    """Lines of a function's body without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def long_functions(source: str, limit: int) -> list[str]:
    return [function.name for function in functions(source) if body_lines(function) > limit]


def undocumented(source: str) -> list[str]:
    """Public functions, classes and methods without a docstring, and "module" for the file itself."""
    tree = tree_of(source)
    return ([] if ast.get_docstring(tree) else ["module"]) + _undocumented_in(tree)


def _undocumented_in(tree: ast.Module | ast.ClassDef) -> list[str]:
    missing = []
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            missing += [] if ast.get_docstring(node) else [node.name]
            missing += _undocumented_in(node) if isinstance(node, ast.ClassDef) else []
    return missing


def rules_in_docstrings(source: str) -> set[str]:
    """Rule IDs that any docstring cites."""
    kinds = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    texts = [ast.get_docstring(node) or "" for node in statements(source) if isinstance(node, kinds)]
    return {rule for text in texts for rule in RULE_ID.findall(text)}


def rules_defined_in(markdown: str) -> set[str]:
    """Rule IDs that a text defines, in bold; a bold heading may define more than one."""
    return {
        rule for bold in re.findall(r"\*\*(.+?)\*\*", markdown, re.DOTALL) for rule in RULE_ID.findall(bold)
    }


def mutable_values(source: str) -> list[str]:
    """Names of the dataclasses that are not frozen."""
    classes = (node for node in statements(source) if isinstance(node, ast.ClassDef))
    return [node.name for node in classes if any(_thaws(decorator) for decorator in node.decorator_list)]


def _thaws(decorator: ast.expr) -> bool:
    text = ast.unparse(decorator)
    return text.split("(")[0].endswith("dataclass") and "frozen=True" not in text
