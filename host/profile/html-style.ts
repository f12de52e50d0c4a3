// The page's style. Eight hues for kinds of layers; --ink and --paper turn over in the dark.

import { hues } from "./html-words.ts";

const degrees = [212, 28, 158, 275, 340, 48, 190, 95];

const colours = Array.from(
  { length: hues },
  (_, i) => `.k${i} { --c: hsl(${degrees[i]} var(--sat) var(--light)); }`,
).join("\n");

export const pageStyle = `
:root { color-scheme: light dark; --ink: #1c2230; --soft: #667085; --line: #e3e7ee; --paper: #f5f7fa; --card: #fff;
  --sat: 62%; --light: 66%; --hot: 12 90% 56%; --accent: #2f6fd6; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9f0; --soft: #98a2b3; --line: #2b3240; --paper: #12151b;
  --card: #1a1f28; --sat: 42%; --light: 44%; --hot: 14 85% 50%; --accent: #6ea0f0; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 14px/1.45 system-ui, "Segoe UI", Roboto, sans-serif; }
main { max-width: 1240px; margin: 0 auto; padding: 28px 20px 40px; }
header { display: flex; align-items: baseline; gap: 14px; flex-wrap: wrap; }
h1 { font-size: 26px; margin: 0; letter-spacing: -.02em; } header p { margin: 0; color: var(--soft); }
h2 { font-size: 17px; margin: 0 0 6px; } h3 { font-size: 13px; margin: 16px 0 6px; color: var(--soft); font-weight: 600; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 16px 18px; margin-top: 16px; }
.dim, small { color: var(--soft); } p.dim { margin: 0 0 8px; } footer { color: var(--soft); margin-top: 18px; font-size: 12px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(170px, 1fr)); gap: 12px; background: none; border: 0; padding: 0; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 12px 14px; display: flex; flex-direction: column; }
.tile h3 { margin: 0; } .tile p { margin: 2px 0 4px; color: var(--soft); } .tile b { font-size: 24px; color: var(--ink); letter-spacing: -.02em; }
.tile small { margin-top: auto; font-size: 12px; }
.meter { display: block; height: 5px; border-radius: 3px; background: var(--line); margin-bottom: 6px; overflow: hidden; }
.meter i { display: block; height: 100%; min-width: 2px; background: var(--accent); border-radius: 3px; }
${colours}
.plain { --c: color-mix(in srgb, var(--soft) 45%, var(--card)); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 0 0 8px; color: var(--soft); font-size: 12px; }
.dot { display: inline-block; width: 9px; height: 9px; border-radius: 3px; background: var(--c); margin-right: 7px; }
.dot.stall, .bar i { background: repeating-linear-gradient(135deg, var(--ink) 0 2px, transparent 2px 5px); opacity: .55; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
.layers { font-size: 13px; } .layers th, .layers td { padding: 5px 8px; text-align: right; white-space: nowrap; border-top: 1px solid var(--line); }
.layers thead th { border: 0; color: var(--soft); font-weight: 500; font-size: 12px; }
.layers th:first-child { text-align: left; font-weight: 600; padding-left: 0; } .layers thead th:first-child { font-weight: 500; }
.layers td.bars { width: 24%; min-width: 130px; padding-right: 4px; }
.bar { display: flex; justify-content: flex-end; height: 16px; min-width: 2px; border-radius: 4px; background: var(--c); overflow: hidden; }
.heat { padding: 2px 7px; border-radius: 6px; background: hsl(var(--hot) / calc(var(--h) * var(--h) * .55)); }
tbody tr:hover { background: color-mix(in srgb, var(--accent) 9%, transparent); }
.flame { position: relative; --from: 0; --span: 1; height: calc(var(--rows) * 25px); overflow: hidden; border-radius: 6px; }
.flame button { --l: max(0%, (var(--f) - var(--from)) / var(--span) * 100%); position: absolute; left: var(--l);
  width: calc(min(100%, (var(--f) + var(--s) - var(--from)) / var(--span) * 100%) - var(--l));
  top: calc(var(--d) * 25px); height: 24px; padding: 0 0 0 5px; border: 0; border-right: 1px solid var(--card); border-radius: 3px;
  background: var(--c); color: var(--ink); font: 12px/24px system-ui, sans-serif; text-align: left; white-space: nowrap; overflow: hidden;
  cursor: pointer; transition: left .2s, width .2s; min-width: 0; container-type: inline-size; }
.flame span { display: block; overflow: hidden; text-overflow: ellipsis; }
@container (max-width: 30px) { .flame span { display: none; } }
.flame button[hidden] { display: none; } .flame .above { opacity: .55; }
.flame .file { background: color-mix(in srgb, var(--c) 72%, var(--card)); }
.flame .line { background: color-mix(in srgb, var(--c) 45%, var(--card)); font-family: ui-monospace, Menlo, Consolas, monospace; font-size: 11px; }
.flame button:hover, .flame button:focus-visible, .life:hover, .stacked > i:hover { filter: brightness(1.12) saturate(1.3); outline: none; }
.arena { margin-left: 58px; } .plot { position: relative; height: 320px; border: solid var(--line); border-width: 0 0 1px 1px; }
.tick { position: absolute; right: 100%; transform: translateY(50%); padding-right: 8px; font-size: 11px; color: var(--soft); font-variant-numeric: tabular-nums; }
.column { position: absolute; top: 0; bottom: 0; background: color-mix(in srgb, var(--accent) 10%, transparent); }
.life { position: absolute; background: var(--c); border: 1px solid var(--card); border-radius: 4px; padding: 1px 6px; overflow: hidden;
  font-size: 12px; line-height: 16px; white-space: nowrap; container-type: size; }
.life span { display: block; overflow: hidden; text-overflow: ellipsis; }
@container (max-height: 15px) { .life span { display: none; } }
.life small { display: block; color: var(--ink); opacity: .65; font-size: 10.5px; overflow: hidden; text-overflow: ellipsis; }
.scratch { background: repeating-linear-gradient(135deg, color-mix(in srgb, var(--soft) 35%, var(--card)) 0 5px, var(--card) 5px 9px); }
.names { display: grid; grid-template-columns: repeat(var(--columns), minmax(0, 1fr)); font-size: 11px; color: var(--soft); }
.names span { container-type: inline-size; height: 26px; padding: 4px 3px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; } .names small { font-size: 11px; color: inherit; } .names .peak { color: var(--accent); font-weight: 600; }
.stacked { display: flex; height: 30px; border-radius: 6px; overflow: hidden; margin-bottom: 4px; }
.stacked > i { flex: 0 0 0; min-width: 1px; background: var(--c); border-right: 1px solid var(--card); overflow: hidden; font-style: normal; container-type: inline-size; }
.stacked span { display: block; font-size: 11px; line-height: 30px; padding-left: 6px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.stacked .code { background: repeating-linear-gradient(90deg, var(--c) 0 6px, color-mix(in srgb, var(--c) 78%, var(--card)) 6px 8px); }
details { border-top: 1px solid var(--line); } summary { display: flex; gap: 18px; padding: 8px 2px; cursor: pointer; font-variant-numeric: tabular-nums; }
summary b { flex: 1; font-weight: 600; } summary span { min-width: 60px; text-align: right; color: var(--soft); }
summary::before { content: "▸"; color: var(--soft); width: 10px; margin-right: -8px; } details[open] > summary::before { content: "▾"; }
.lines { font-size: 12px; margin-bottom: 10px; } .lines td { padding: 1px 8px; text-align: right; white-space: nowrap; }
.lines tr { background: hsl(var(--hot) / calc(var(--h) * .22)); } .lines tr.gap td { border-top: 1px dashed var(--line); }
.lines td.bars { min-width: 110px; } .lines td.bars i { display: block; height: 9px; border-radius: 2px; background: hsl(var(--hot) / .8); }
.lines td:last-child { text-align: left; width: 99%; max-width: 0; overflow: hidden; text-overflow: ellipsis; }
code { font: 12px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre; }
@container (max-width: 60px) { .stacked span, .names small { display: none; } }
#tip { position: fixed; z-index: 9; max-width: 560px; padding: 8px 11px; border-radius: 8px; background: var(--ink); color: var(--card);
  font: 12px/1.5 system-ui, sans-serif; white-space: pre-wrap; pointer-events: none; box-shadow: 0 4px 18px rgb(0 0 0 / .25); }
`;
