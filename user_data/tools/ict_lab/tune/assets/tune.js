// The controls: a slider and a number box that follow each other, words to choose from, or the facts' matrix.
// Built here, not by Dash, so that a slider moves as fast as the browser; all values go to the server together,
// once the last chart is drawn.
(function () {
    "use strict";
    const PATIENCE = 2000; // milliseconds to wait for a chart before the next values go out anyway
    const NARROW = "(max-width: 700px)";
    const FOLDED = ["risk", "caps", "patterns", "book"]; // closed at first; on a phone all but the facts are
    const values = {};
    const open = {};
    let waiting = false;
    let changedSince = false;
    let timer = null;
    let scores = [];
    let words = {};
    let isNew = true;

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

    function named(made, text) {
        made.setAttribute("aria-label", text);
        return made;
    }

    function numberBox(name, label, value, taken) {
        const box = element("input", { type: "number", step: "any", value: value, className: "number" });
        box.addEventListener("input", function () {
            const number = box.value === "" ? null : Number(box.value);
            taken(number);
            take(name, number);
        });
        return named(box, label);
    }

    function numberControl(spec) {
        const slider = element("input", { type: "range", min: spec.low, max: spec.high, step: spec.step });
        slider.value = spec.value;
        const label = spec.label + ", " + spec.unit;
        const box = numberBox(spec.name, label, spec.value, function (number) {
            if (number !== null) {
                slider.value = number;
            }
        });
        slider.addEventListener("input", function () {
            box.value = Number(slider.value);
            take(spec.name, Number(slider.value));
        });
        const ends = [spec.low, spec.high].map((end) => element("span", { textContent: end }));
        return [box, element("div", { className: "reach" }, ends[0], named(slider, label), ends[1])];
    }

    // Only scores that the facts in use can reach: what lies between two of them makes no difference.
    function stepControl(spec) {
        const shown = element("output", { className: "number", id: "score" });
        const slider = element("input", { type: "range", min: 0, step: 1, id: "score-steps" });
        const most = element("span", { id: "score-most" });
        slider.addEventListener("input", function () {
            shown.value = scores[slider.value];
            take(spec.name, scores[slider.value]);
        });
        return [shown, element("div", { className: "reach" }, named(slider, spec.label), most)];
    }

    function setSteps(steps) {
        const slider = document.getElementById("score-steps");
        if (!steps || !slider) {
            return window.dash_clientside.no_update;
        }
        scores = steps.scores;
        slider.max = scores.length - 1;
        const now = values.entry_threshold;
        const reached = scores.findIndex((score) => score >= now - 1e-9);
        slider.value = reached < 0 ? scores.length - 1 : reached;
        document.getElementById("score").value = now;
        document.getElementById("score-most").textContent = steps.most;
        return window.dash_clientside.no_update;
    }

    function chosen(labels) {
        return labels.map((label) => label.control).filter((input) => input.checked).map((input) => input.value);
    }

    function textControl(spec) {
        const box = named(element("input", { type: "text", value: spec.value }), spec.label);
        box.addEventListener("input", () => take(spec.name, box.value));
        return [box];
    }

    function choiceControl(spec) {
        const known = spec.choices.map(([word]) => word);
        const own = element("input", { type: "text", className: "own", placeholder: spec.own });
        own.value = spec.several ? spec.value.filter((word) => !known.includes(word)).join(", ") : "";
        const labels = spec.choices.map(function ([word, title]) {
            const kind = spec.several ? "checkbox" : "radio";
            const input = element("input", { type: kind, name: spec.name, value: word });
            input.checked = spec.several ? spec.value.includes(word) : word === spec.value;
            input.addEventListener("change", () => (spec.several ? takeSeveral() : take(spec.name, word)));
            return element("label", {}, input, title);
        });
        function takeSeveral() {
            const others = own.value.split(",").map((word) => word.trim()).filter(Boolean);
            take(spec.name, [...chosen(labels), ...others]);
        }
        own.addEventListener("change", takeSeveral);
        const all = element("span", { className: "segments" }, ...labels);
        return spec.own ? [all, named(own, spec.label)] : [all];
    }

    function control(spec) {
        const kinds = [[spec.text, textControl], [spec.choices.length, choiceControl], [spec.steps, stepControl]];
        const [main, ...more] = (kinds.find(([is]) => is) || [true, numberControl])[1](spec);
        const name = element("span", { className: "name", textContent: spec.label, title: spec.name });
        const unit = element("span", { className: "unit", textContent: spec.unit });
        const about = element("p", {}, element("b", { textContent: spec.rule }), " " + spec.about);
        const head = element("div", { className: "head" }, name, main, ...(spec.unit ? [unit] : []));
        const look = spec.choices.length > 2 ? "control several" : "control";
        return element("div", { className: look, id: "control-" + spec.name }, head, ...more, about);
    }

    // One row a fact: off, points or required, and its points.
    function factRow(fact, uses) {
        const use = "use_" + fact.name;
        const row = element("tr", { className: "control", id: "control-" + use });
        row.classList.toggle("off", fact.use === "off");
        const cells = uses.map(function ([word, title]) {
            const input = element("input", { type: "radio", name: use, value: word, checked: word === fact.use });
            input.addEventListener("change", function () {
                row.classList.toggle("off", word === "off");
                take(use, word);
            });
            return element("td", { className: "use" }, named(input, fact.title + ": " + title));
        });
        const points = "points_" + fact.name;
        const box = numberBox(points, fact.title + ", " + words.points, fact.points, () => null);
        Object.assign(box, { min: 0, id: "control-" + points });
        row.append(element("th", { textContent: fact.title, title: fact.about, className: "name" }));
        row.append(...cells, element("td", {}, box));
        return row;
    }

    function matrix(facts, uses) {
        const titles = [words.fact, ...uses.map(([, title]) => title), ""];
        const head = element("tr", {}, ...titles.map((title) => element("th", { textContent: title })));
        const rows = facts.map((fact) => factRow(fact, uses));
        const body = element("tbody", {}, ...rows);
        return element("table", { className: "facts" }, element("thead", {}, head), body);
    }

    function section(group, parts) {
        const narrow = window.matchMedia(NARROW).matches;
        const folded = narrow ? group.key !== "facts" : FOLDED.includes(group.key);
        const title = element("summary", {}, group.title, element("small", {}));
        const made = element("details", { id: "group-" + group.key }, title, ...parts);
        made.open = group.key in open ? open[group.key] : !folded;
        made.addEventListener("toggle", () => (open[group.key] = made.open));
        return made;
    }

    function build(specs) {
        if (!specs) {
            return window.dash_clientside.no_update;
        }
        words = specs.words;
        specs.facts.forEach((fact) =>
            Object.assign(values, { ["use_" + fact.name]: fact.use, ["points_" + fact.name]: fact.points })
        );
        const sections = specs.groups.map(function (group) {
            group.controls.forEach((spec) => (values[spec.name] = spec.value));
            const facts = group.key === "facts" ? [matrix(specs.facts, specs.uses)] : [];
            return section(group, [...facts, ...group.controls.map(control)]);
        });
        document.getElementById("controls").replaceChildren(...sections);
        setSteps(specs.steps);
        if (isNew && window.matchMedia(NARROW).matches) {
            window.dash_clientside.set_props("width", { value: specs.narrow_width });
        }
        isNew = false;
        handOver();
        return window.dash_clientside.no_update;
    }

    function mark(changed) {
        document.querySelectorAll("#controls [id^=control-]").forEach(function (one) {
            one.classList.toggle("changed", (changed || []).includes(one.id.replace("control-", "")));
        });
        document.querySelectorAll("#controls details").forEach(function (group) {
            const count = group.querySelectorAll(".changed").length;
            const text = count ? words.changed_count.replace("{count}", count) : "";
            group.querySelector("summary small").textContent = text;
        });
        return window.dash_clientside.no_update;
    }

    const tune = { build: build, mark: mark, goOn: goOn, setSteps: setSteps, hide: () => true };
    window.dash_clientside = Object.assign({}, window.dash_clientside, { tune: tune });
})();
