// The profile page as Chromium draws it, light and dark: where its parts lie is asked of the browser, what is drawn there is read off the
// screenshot. Bars of layers as long as their cycles, a flame chart without gaps, boxes of the memory map; no error on the console, and
// nothing of the page outside the window.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { findBoard } from "../../host/board/board.ts";
import { measureModel } from "../../host/cli/measure-model.ts";
import { randomInputs } from "../../host/cli/random-inputs.ts";
import { importModel } from "../../host/import/import.ts";
import { build } from "../../host/pipeline.ts";
import { type ModelReport, reportHtml } from "../../host/profile/profile.ts";
import { type Picture, readPng } from "./png.ts";

const browser = ["chromium", "chromium-browser", "google-chrome"].find(
  (name) => spawnSync(name, ["--version"]).status === 0,
);
if (!browser && process.env.CI_JUDGES === "1") throw new Error("Chromium is missing");
if (!browser) console.log("SKIPPED: Chromium is not here");

const folder = mkdtempSync(join(tmpdir(), "screenshot-"));
const [width, height] = [1280, 2600];

interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly colour: number;
}
type Boxes = Readonly<Record<"bars" | "flame" | "lives" | "stacked" | "sections", readonly Box[]>> & {
  readonly overflow: number;
};

/** Writes where things lie, and in which colour they are meant to be, into the page's body: what --dump-dom shows. */
const probe = `<script>addEventListener("load", () => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (colour) => {
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = canvas.getImageData(0, 0, 1, 1).data;
    return (r << 16) | (g << 8) | b;
  };
  const boxes = (selector) => [...document.querySelectorAll(selector)].map((element) => {
    const { x, y, width: w, height: h } = element.getBoundingClientRect();
    return { x, y, w, h, colour: rgb(getComputedStyle(element).backgroundColor) };
  });
  const found = { bars: boxes(".layers .bar"), flame: boxes(".flame button"), lives: boxes(".life:not(.scratch)"),
    stacked: boxes(".stacked > i"), sections: boxes("section:not(.tiles)"),
    overflow: document.documentElement.scrollWidth - innerWidth };
  document.body.insertAdjacentHTML("beforeend", "<template id=probe>" + JSON.stringify(found) + "</template>");
});</script></body>`;

interface Shot {
  readonly boxes: Boxes;
  readonly picture: Picture;
  readonly console: readonly string[];
}

function chromium(page: string, args: readonly string[]): { readonly stdout: string; readonly console: string[] } {
  const fixed = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=1"];
  const { status, stdout, stderr } = spawnSync(
    browser!,
    [...fixed, `--user-data-dir=${join(folder, "profile")}`, `--window-size=${width},${height}`]
      .concat("--enable-logging=stderr", "--force-prefers-reduced-motion", args)
      .concat(`file://${page}`),
    { encoding: "utf8", timeout: 120_000, maxBuffer: 1 << 26 },
  );
  if (status !== 0) throw new Error(`${browser} ended with ${status}: ${stderr}`);
  return { stdout, console: stderr.split("\n").filter((line) => line.includes("CONSOLE")) };
}

function shoot(page: string, theme: readonly string[]): Shot {
  const probed = page.replace(".html", "-probed.html");
  writeFileSync(probed, readFileSync(page, "utf8").replace("</body>", probe));
  const dom = chromium(probed, [...theme, "--dump-dom"]);
  const boxes = /<template id="probe">(.*)<\/template>/.exec(dom.stdout)?.[1];
  expect(boxes, "the page ran its scripts").toBeDefined();
  const file = page.replace(".html", ".png");
  const shot = chromium(page, [...theme, `--screenshot=${file}`]);
  const picture = readPng(readFileSync(file));
  return { boxes: JSON.parse(boxes!) as Boxes, picture, console: [...dom.console, ...shot.console] };
}

/** How far two colours are apart in their worst channel. */
const distance = (a: number, b: number): number =>
  Math.max(...[16, 8, 0].map((shift) => Math.abs(((a >> shift) & 0xff) - ((b >> shift) & 0xff))));

/** Share of a box's pixels, a margin left out, that have a colour. */
function share({ at, height: bottom }: Picture, { x, y, w, h }: Box, colour: number, margin = 2): number {
  let [all, hit] = [0, 0];
  for (let row = Math.ceil(y + margin); row < Math.min(y + h - margin, bottom); row++)
    for (let column = Math.ceil(x + margin); column < x + w - margin; column++) {
      all++;
      if (distance(at(column, row), colour) <= 6) hit++;
    }
  return all === 0 ? Number.NaN : hit / all;
}

const motion = fileURLToPath(new URL("../../models/motion/motion.tflite", import.meta.url));

describe.skipIf(!browser).each([
  ["light", []],
  ["dark", ["--blink-settings=preferredColorScheme=0"]],
] as const)("the profile page, %s", (name, theme) => {
  let report: ModelReport;
  let shot: Shot;
  beforeAll(async () => {
    const graph = importModel(readFileSync(motion), { name: "models/motion/motion.tflite" });
    const built = await build(graph, findBoard("cortex-m4"));
    report = measureModel(built, randomInputs(graph, 1));
    const page = join(folder, `${name}.html`);
    writeFileSync(page, reportHtml(report, {}));
    shot = shoot(page, theme);
  });

  it("is drawn whole, in its colours, and says nothing on the console", () => {
    const { picture, boxes, console } = shot;
    expect(console).toEqual([]);
    expect([picture.width, picture.height]).toEqual([width, height]);
    expect(boxes.overflow).toBe(0);
    expect(boxes.sections.length).toBe(4);
    const [paper, card] = [picture.at(3, 3), boxes.sections[0]!.colour];
    expect(paper >> 16 > 0x80).toBe(name === "light");
    expect(distance(paper, card)).toBeGreaterThan(3);
    for (const section of boxes.sections.slice(0, 3)) expect(section.y + section.h).toBeLessThan(height);
    // text and drawing on every card, and still mostly card
    for (const section of boxes.sections) {
      const empty = share(picture, section, card);
      expect(empty).toBeGreaterThan(0.05);
      expect(empty).toBeLessThan(0.97);
    }
  });

  it("has a bar for every layer, as long as its cycles", () => {
    const { picture, boxes } = shot;
    const most = Math.max(...report.layers.map(({ cycles }) => cycles));
    const longest = Math.max(...boxes.bars.map(({ w }) => w));
    expect(boxes.bars.length).toBe(report.layers.length);
    expect(longest).toBeGreaterThan(100);
    for (const [i, { cycles }] of report.layers.entries()) {
      const bar = boxes.bars[i]!;
      expect(Math.abs(bar.w - Math.max(2, (longest * cycles) / most))).toBeLessThan(1.5);
      if (bar.w > 12) expect(share(picture, bar, bar.colour, 3), `bar ${i}`).toBeGreaterThan(0.85);
    }
  });

  it("has a flame chart whose rows of layers have no gaps", () => {
    const { picture, boxes } = shot;
    const [top] = boxes.flame;
    expect(boxes.flame.length).toBeGreaterThan(4 * report.layers.length);
    for (const frame of boxes.flame.filter(({ w }) => w > 60))
      expect(share(picture, frame, frame.colour)).toBeGreaterThan(0.5);
    const rows = [...new Set(boxes.flame.map(({ y }) => y))].map((at) => boxes.flame.filter(({ y }) => y === at));
    const row = rows.find(({ length }) => length === report.layers.length)!;
    const covered = row.reduce((sum, { w }) => sum + w, 0);
    expect(covered / top!.w).toBeGreaterThan(0.99);
  });

  it("has a memory map with a box for every tensor", () => {
    const { picture, boxes } = shot;
    expect(boxes.lives.length).toBe(report.memory.tensors.filter(({ region }) => region === "arena").length);
    const large = boxes.lives.filter(({ w, h }) => w > 40 && h > 20);
    expect(large.length).toBeGreaterThan(2);
    for (const life of large) expect(share(picture, life, life.colour)).toBeGreaterThan(0.6);
    const colours = new Set(boxes.lives.map(({ colour }) => colour));
    expect(colours.size).toBeGreaterThan(2);
    expect(boxes.stacked.length).toBeGreaterThan(report.layers.length);
    expect(boxes.stacked.every(({ w }) => w >= 1)).toBe(true);
  });
});
