/** Of the page and, by variables, of the plots in it. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --panel: #f6f7f9; --ink: #1c2430; --muted: #667085; --grid: #e4e7ec; --warn: #8a4b00; --warn-paper: #fff4e0;
  --series-0: #1f5fd0; --series-1: #d9730d; --series-2: #b42332; --series-3: #23834f;
  --series-4: #7fa81f; --series-5: #8148b8; --series-6: #0d94a5; --series-7: #6b7280;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #12161c; --panel: #1a2029; --ink: #e6e9ee; --muted: #98a2b3; --grid: #2c3440; --warn: #ffc773; --warn-paper: #33260f;
    --series-0: #6ea0ff; --series-1: #ffa24d; --series-2: #ff7380; --series-3: #58c98b;
    --series-4: #bddc5a; --series-5: #c596f5; --series-6: #4fd3e3; --series-7: #a3acb9;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1180px; padding: 2rem 1.25rem 4rem; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, sans-serif; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .4rem; }
h2 { font-size: 1.25rem; margin: 2.4rem 0 .8rem; }
h3 { font-size: 1.05rem; margin: 1.6rem 0 .5rem; }
p, li { max-width: 78ch; }
.muted, figcaption { color: var(--muted); font-size: .92rem; }
.notices { background: var(--warn-paper); color: var(--warn); border-left: 4px solid var(--warn); border-radius: 6px;
  padding: .8rem 1rem .8rem 2rem; margin: 1.2rem 0; }
.cards { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(230px, 1fr)); padding: 0; margin: 1.4rem 0; }
.card { background: var(--panel); border-radius: 10px; padding: 1rem 1.1rem; list-style: none; }
.card .muted { display: block; margin-top: .4rem; }
.card b { display: block; font-size: 2rem; line-height: 1.15; font-variant-numeric: tabular-nums; }
.figures { display: grid; gap: 1.2rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr)); }
figure { margin: 0; background: var(--panel); border-radius: 10px; padding: 1rem 1.1rem; overflow-x: auto; }
figure h3 { margin: 0 0 .6rem; }
figure svg { display: block; width: 100%; min-width: 420px; height: auto; }
.legend { display: flex; flex-wrap: wrap; gap: .1rem 1rem; list-style: none; margin: 0 0 .4rem; padding: 0; font-size: .88rem; }
.legend i { font-style: normal; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--grid); text-align: right; white-space: nowrap; }
th { color: var(--muted); font-weight: 600; vertical-align: bottom; white-space: normal; }
th:first-child, td:first-child { text-align: left; white-space: normal; min-width: 15rem; }
`;
