// The controls: a slider and a number box that follow each other, or a choice. Built here, not by Dash, so that
// a slider moves as fast as the browser; all values go to the server together, once the last chart is drawn.
(function () {
    "use strict";
    const PATIENCE = 2000; // milliseconds to wait for a chart before the next values go out anyway
    const values = {};
    let waiting = false;
    let changedSince = false;
    let timer = null;

    function handOver() {
        if (waiting) {
            changedSince = true;
            return;
        }
        waiting = true;
        changedSince = false;
        timer = setTimeout(goOn, PATIENCE);
        window.dash_clientside.set_props("values", { data: Object.assign({}, values) });
    }

    function goOn() {
        clearTimeout(timer);
        waiting = false;
        if (changedSince) {
            handOver();
        }
        return window.dash_clientside.no_update;
    }

    function take(name, value) {
        values[name] = value;
        handOver();
    }

    function element(kind, attributes, ...parts) {
        const made = Object.assign(document.createElement(kind), attributes);
        made.append(...parts);
        return made;
    }

    function numberControl(spec) {
        const box = element("input", { type: "number", step: "any", value: spec.value, className: "number" });
        const slider = element("input", { type: "range", min: spec.low, max: spec.high, step: spec.step });
        slider.value = spec.value;
        [box, slider].forEach((input) => input.setAttribute("aria-label", spec.label + ", " + spec.unit));
        slider.addEventListener("input", function () {
            box.value = Number(slider.value);
            take(spec.name, Number(slider.value));
        });
        box.addEventListener("input", function () {
            const number = box.value === "" ? null : Number(box.value);
            if (number !== null) {
                slider.value = number;
            }
            take(spec.name, number);
        });
        const ends = [spec.low, spec.high].map((end) => element("span", { textContent: end }));
        return [box, element("div", { className: "reach" }, ends[0], slider, ends[1])];
    }

    function chosen(labels) {
        return labels.map((label) => label.control).filter((input) => input.checked).map((input) => input.value);
    }

    function textControl(spec) {
        const box = element("input", { type: "text", value: spec.value });
        box.setAttribute("aria-label", spec.label);
        box.addEventListener("input", () => take(spec.name, box.value));
        return [box];
    }

    function choiceControl(spec) {
        const own = spec.several ? spec.value.filter((word) => !spec.choices.includes(word)) : [];
        const labels = spec.choices.map(function (choice) {
            const kind = spec.several ? "checkbox" : "radio";
            const input = element("input", { type: kind, name: spec.name, value: choice });
            input.checked = spec.several ? spec.value.includes(choice) : choice === spec.value;
            input.addEventListener("change", () => take(spec.name, spec.several ? [...chosen(labels), ...own] : choice));
            return element("label", {}, input, choice);
        });
        return [element("span", { className: "segments" }, ...labels)];
    }

    function control(spec) {
        const make = spec.text ? textControl : spec.choices.length ? choiceControl : numberControl;
        const [main, ...more] = make(spec);
        const name = element("span", { className: "name", textContent: spec.label, title: spec.name });
        const unit = element("span", { className: "unit", textContent: spec.unit });
        const about = element("p", {}, element("b", { textContent: spec.rule }), " " + spec.about);
        const head = element("div", { className: "head" }, name, main, ...(spec.unit ? [unit] : []));
        return element("div", { className: "control", id: "control-" + spec.name }, head, ...more, about);
    }

    function build(specs) {
        const sections = new Map();
        (specs || []).forEach(function (spec) {
            values[spec.name] = spec.value;
            sections.set(spec.section, [...(sections.get(spec.section) || []), control(spec)]);
        });
        const made = [...sections].map(([title, controls]) =>
            element("details", { open: true }, element("summary", { textContent: title }), ...controls)
        );
        document.getElementById("controls").replaceChildren(...made);
        handOver();
        return window.dash_clientside.no_update;
    }

    function mark(changed) {
        document.querySelectorAll(".control").forEach(function (one) {
            one.classList.toggle("changed", (changed || []).includes(one.id.replace("control-", "")));
        });
        return window.dash_clientside.no_update;
    }

    const tune = { build: build, mark: mark, goOn: goOn, hide: () => true };
    window.dash_clientside = Object.assign({}, window.dash_clientside, { tune: tune });
})();
