import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { defaultSettings } from "../src/classifier/settings.ts";
import { programs } from "../src/functions/programs.ts";
import { encodeLink } from "../src/share/link.ts";
import { executablePath, expectText, useSite } from "./browser.ts";

const linkTo = (code: string): string =>
  encodeLink({ view: "functions", code, tab: "circuit", classifier: defaultSettings }) ?? "";

/** Arguments, values and gradients as the table shows them. */
const gradients = async (page: Page): Promise<readonly (readonly string[])[]> =>
  page.$$eval("#gradients tbody tr", (rows) =>
    rows.map((row) => [...row.querySelectorAll("th, td")].map((cell) => (cell.textContent ?? "").trim())),
  );

describe.runIf(executablePath !== undefined)("functions", () => {
  const site = useSite();

  test("the page shows the value and the gradients of the first example", async () => {
    const page = await site.open();
    await expectText(page, "#value", "−12");
    expect(await gradients(page)).toEqual([
      ["x number", "−2", "−4"],
      ["y number", "5", "−4"],
      ["z number", "−4", "3"],
    ]);
    const circuit = page.locator("#panel-circuit svg");
    expect(await circuit.locator("text.title").allTextContents()).toEqual([
      "x",
      "y",
      "z",
      "+",
      "×",
      "output",
    ]);
    expect(await circuit.locator("text.gradient").allTextContents()).toContain("−4");
  });

  /** What each example shows: its value, and what stands in the first row of gradients. */
  const shown: Readonly<Record<string, readonly [value: string, gradient: string]>> = {
    "(x + y) · z, a graph": ["−12", "−4"],
    "σ(w·x + b), a circuit": ["0.731059", "−0.196612"],
    "The rules of gates": ["−20", "−8"],
    // ∂L/∂Y·Wᵀ of [[1, −1], [0.5, 2], [0, 1]] and [[0.5, −1], [1, 0.25]].
    "A product of matrices": ["−1.75", "[[ 1.5   0.75]\n [-1.75  1.  ]\n [-1.    0.25]]"],
    // As examples/backprop/1-computational-graph.ts has it by hand.
    "SVM loss and L2 penalty": [
      "4.39063",
      "[[-0.75   -2.125  -0.4375]\n [ 0.625   1.375   0.    ]\n [ 0.4375  1.125   0.75  ]]",
    ],
    "Softmax and cross-entropy": ["1.41703", "[ 0.6590012  -0.75756705  0.09856588]"],
    "Batch normalisation": ["−2.27181", "[[-0.30860537"],
    "Two layers with ReLU": ["2.2525", "[[-0.54999995"],
    "A gradient that vanishes": ["0.756667", "0.192178"],
    "A Jacobian": ["[1.7320508 1.       ]", "[[ 0.8660254 -1.       ]\n [ 0.5        1.7320508]]"],
    "A second derivative": ["2.22324", "3.00268"],
    "A loop": ["6.125", "5.75"],
  };

  test("every example runs, shows its numbers, and has a circuit and steps", async () => {
    const page = await site.open();
    await expectText(page, "#value", "−12");
    for (const [i, { title }] of programs.entries()) {
      if (i > 0) {
        await page.getByLabel("Open").selectOption(title);
        await page.locator(`#summary[data-runs="${i + 1}"]`).waitFor();
      }
      const [value, gradient] = shown[title] ?? [];
      expect(await page.locator("#problem").isHidden(), title).toBe(true);
      expect(await page.locator("#value").textContent(), title).toBe(value);
      expect(await page.locator("#gradients td.backward pre").first().textContent(), title).toContain(
        gradient,
      );
      expect(await page.locator("#panel-circuit svg text.title").count(), title).toBeGreaterThan(2);
      expect(await page.locator("#step-count").textContent(), title).toMatch(/^1 of \d+$/);
    }
  });

  test("the tabs show jaxprs and kernels, and arrow keys move between them", async () => {
    const page = await site.open();
    await expectText(page, "#value", "−12");
    await page.locator("#tab-circuit").focus();
    for (let i = 0; i < 2; i++) await page.keyboard.press("ArrowRight");
    expect(await page.locator("#panel-jaxpr").textContent()).toBe(
      "{ lambda ; a:f32[] b:f32[] c:f32[]. let d:f32[] = add a b; e:f32[] = mul d c in (e,) }",
    );
    await page.keyboard.press("ArrowRight");
    await expectText(page, "#panel-derivative", "lambda");
    await page.keyboard.press("End");
    expect(await page.locator("#panel-kernels").textContent()).toContain("%0:f32 = input 0");
    expect(await page.locator("#tab-kernels").evaluate((tab) => tab === document.activeElement)).toBe(true);
  });

  test("what is typed is run", async () => {
    const page = await site.open();
    await expectText(page, "#value", "−12");
    await page.locator("#editor .cm-content").click();
    await page.keyboard.press("ControlOrMeta+End");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ControlOrMeta+End");
    await page.keyboard.type("\nargs[0] = 7;");
    await expectText(page, "#value", "−48");
  });

  test("errors name the line", async () => {
    const code =
      'import { numpy as np } from "cotangent";\n\nexport const f = (x) =>\n  np.matmul(x, np.ones([3, 2])).sum();\nexport const args = [np.ones([2, 2])];\n';
    const page = await site.open(linkTo(code));
    await expectText(page, "#problem", /^Line 4: ShapeError: matmul/);
    expect(await page.locator("#editor .cm-lintRange-error").textContent()).toContain("np.matmul");
  });

  test("what is wrong is refused with a reason, and the line", async () => {
    const refusals: readonly (readonly [code: string, message: RegExp])[] = [
      ["export const f = (x) => x.mul(2;\nexport const args = [1];", /^Line 1: /],
      [
        "export const f = (x) => x;\nexport const args = [1, 08];",
        /SyntaxError: Decimals with leading zeros/,
      ],
      ['import { nothing } from "cotangent";\nnothing();', /does not provide an export named 'nothing'/],
      [
        '\nimport lodash from "lodash";\nexport const f = lodash;',
        /^Line 2: "lodash" can't be imported here/,
      ],
      ["export const g = 1;", /Export the function/],
      ["export const f = (x) => x;\nexport const args = [];", /f takes 1 argument, but args has 0/],
      ["export const f = (x) => x;\nexport const args = ['a'];", /args must hold numbers/],
      [
        "export const f = (x) => x;\nexport const args = [1];\nexport const argnums = 1;",
        /argnums must be places/,
      ],
      ["export const f = (x) => { x.mul(2) };\nexport const args = [1];", /f returns nothing/],
      ["export const f = async (x) => x;\nexport const args = [1];", /leave out async/],
      ["throw new RangeError('out of range');", /^Line 1: RangeError: out of range/],
    ];
    const page = await site.open();
    await expectText(page, "#value", "−12");
    for (const [code, message] of refusals) {
      await page.evaluate((hash) => {
        location.hash = hash;
      }, linkTo(code));
      await expectText(page, "#problem", message);
    }
  });

  test("functions of all kinds are shown as far as they can be", async () => {
    const imports = 'import { debug, jit, lax, numpy as np } from "cotangent";\n';
    const page = await site.open();
    await expectText(page, "#value", "−12");
    let runs = 1;
    const show = async (code: string): Promise<void> => {
      await page.evaluate(
        (hash) => {
          location.hash = hash;
        },
        linkTo(imports + code),
      );
      await page.locator(`#summary[data-runs="${++runs}"]`).waitFor();
      expect(await page.textContent("#problem"), code).toBe("");
    };

    // Integers have no gradient, and a function without arguments has none to have.
    await show('export const f = (n) => n.add(1);\nexport const args = [np.array([1, 2], "int32")];');
    expect(await gradients(page)).toEqual([["n int32[2]", "[1 2]", ""]]);
    await show("export const f = () => np.array(3).mul(2);");
    await expectText(page, "#value", /^6$/);
    await expectText(page, "#step-count", "1 of 1");

    // Namespaces can be imported as modules.
    await show(
      'import { delete as without } from "cotangent/numpy";\nimport * as jsp from "cotangent/scipy";\n' +
        "export const f = (x) => jsp.special.expit(without(x, 0)).sum();\nexport const args = [np.array([5, 0])];",
    );
    expect(await gradients(page)).toEqual([["x float32[2]", "[5. 0.]", "[0.   0.25]"]]);

    // Data that is written as numbers and truth values is arrays to f, as parameters are.
    await show(
      "export const f = (x, y, z) => np.where(z, x.mul(y), y);\nexport const args = [3, 2, true];\nexport const argnums = 0;",
    );
    expect(await gradients(page)).toEqual([
      ["x number", "3", "2"],
      ["y number", "2", ""],
      ["z boolean", "true", ""],
    ]);

    // Several results have a Jacobian, and a jaxpr of it.
    await show("export const f = (x) => np.square(x);\nexport const args = [np.array([1, 2])];");
    expect(await gradients(page)).toEqual([["x float32[2]", "[1. 2.]", "[[2. 0.]\n [0. 4.]]"]]);
    await expectText(page, "#panel-derivative", "lambda");

    // A loop of unknown length has no way back, and says so.
    await show(
      "export const f = (x) => lax.whileLoop((c) => c.less(100), (c) => c.mul(2), x);\nexport const args = [1];",
    );
    await expectText(page, "#value", /^128$/);
    await expectText(page, "#summary", "No gradient: DifferentiationError: whileLoop");
    await expectText(page, "#step-count", "1 of 1");

    // What is printed is that of one call, values and not tracers.
    await show(
      "export const f = (x) => {\n  console.log('x is', x);\n  debug.print('{}', x);\n  return jit(np.sin)(x);\n};\nexport const args = [1];",
    );
    expect(await page.textContent("#console")).toBe("x is 1.0\n1.0");
  });

  test("a circuit is folded by function on request", async () => {
    const page = await site.open();
    await expectText(page, "#value", "−12");
    expect(await page.locator(".fold").count()).toBe(0);
    await page.getByLabel("Open").selectOption("SVM loss and L2 penalty");
    await page.getByLabel("Fold what repeats").check();
    const labels = page.locator("#panel-circuit text.title");
    expect(await labels.allTextContents()).toEqual([
      "W",
      "x",
      "y",
      "scores",
      "svmLoss",
      "penalty",
      "+",
      "output",
    ]);
  });

  test("a program can compile no text, fetch nothing, and reach no page", async () => {
    const code = [
      "const attempt = async (what, f) => { try { await f(); console.log(what, 'worked'); } catch (e) { console.log(what, e.name); } };",
      "await attempt('eval', () => eval('1 + 1'));",
      "await attempt('Function', () => new Function('return 1'));",
      "await attempt('fetch', () => fetch('/index.html'));",
      "await attempt('document', () => document.title);",
      "export const f = (x) => x;",
      "export const args = [1];",
    ];
    const page = await site.open(linkTo(code.join("\n")));
    await expectText(page, "#value", "1");
    expect(await page.locator("#console").textContent()).toBe(
      "eval EvalError\nFunction EvalError\nfetch TypeError\ndocument ReferenceError",
    );
  });

  test("an endless loop is stopped, and the next program runs", async () => {
    const page = await site.open(linkTo("for (;;) {}\nexport const f = (x) => x;"));
    await expectText(page, "#problem", "Stopped after 5 seconds");
    // The page was never frozen: it answers, and runs what comes next in a new worker.
    await page.getByLabel("Open").selectOption(programs[0]?.title ?? "");
    await expectText(page, "#value", "−12");
    expect(await page.locator("#problem").isHidden()).toBe(true);
  });

  test("a link brings the program and the tab back", async () => {
    const code = "export const f = (x) => x.mul(x);\nexport const args = [3];\n";
    const page = await site.open(linkTo(code));
    await expectText(page, "#value", "9");
    await page.locator("#tab-jaxpr").click();
    await page.locator("#share").click();
    await expectText(page, "#notice", "address bar");
    const other = await site.open(new URL(page.url()).hash);
    await expectText(other, "#value", "9");
    expect(await other.locator("#tab-jaxpr").getAttribute("aria-selected")).toBe("true");
    expect(await gradients(other)).toEqual([["x number", "3", "6"]]);
  });

  test("a damaged link is refused, and the page works", async () => {
    const page = await site.open("#s=AAAA");
    await expectText(page, "#notice", "The link is damaged");
    await expectText(page, "#value", "−12");
  });

  test("steps go forward and back, by keys", async () => {
    const page = await site.open();
    await expectText(page, "#value", "−12");
    await page.locator("#tab-steps").click();
    await expectText(page, "#step-count", "1 of 5");
    await expectText(page, "#step", "Forward");
    // Gradients are not there yet.
    const visible = () => page.locator("#panel-steps text.gradient:visible").count();
    expect(await visible()).toBe(1); // the legend
    await page.getByLabel("Next step").focus();
    for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
    await expectText(page, "#step-count", "4 of 5");
    await expectText(page, "#step", "Multiplication hands each input what arrives, times the other input.");
    const rows = await page.$$eval("#step tbody tr", (all) =>
      all.map((row) => [...row.children].map((cell) => cell.textContent)),
    );
    expect(rows).toEqual([
      ["+ gate", "3", "−4", "× 1", "−4"],
      ["z", "−4", "3", "× 1", "3"],
    ]);
    expect(await page.locator("#panel-steps [data-node].current .title").textContent()).toBe("×");
    expect(await visible()).toBe(4);
    await page.keyboard.press("End");
    await expectText(page, "#step-count", "5 of 5");
    await page.keyboard.press("Home");
    await expectText(page, "#step-count", "1 of 5");
  });

  test("colours follow the system, and the button changes them", async () => {
    const page = await site.open("", { colorScheme: "dark" });
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await ground();
    await page.getByRole("button", { name: "Switch to light colours" }).click();
    const light = await ground();
    expect(light).not.toBe(dark);
    await page.reload();
    expect(await ground()).toBe(light);
  });
});
