"""The one stylesheet of all pages, and the policy that allows it and nothing else."""

import base64
import hashlib

STYLE = """
:root { --ink: #1d2330; --faint: #667085; --line: #d9dee8; --paper: #fff; --desk: #eef1f6;
  --blue: #1d4ed8; --deep: #1e3a8a; --warm: #fff4e5; --warmline: #f2c58b; --bad: #b42318;
  --good: #067647; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--desk); color: var(--ink);
  font: 16px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .75rem; }
h2 { font-size: 1rem; margin: 0 0 .5rem; }
form { margin: 0; }
button, input, select { font: inherit; color: inherit; border-radius: 8px; }
input, select { border: 1px solid #b5bdcb; background: var(--paper); padding: .35rem .6rem; }
button { border: 1px solid #b5bdcb; background: #f7f8fb; padding: .35rem .8rem; cursor: pointer; }
button:hover { background: #e9edf6; }
button:disabled { color: #a5adba; cursor: default; background: #f4f5f8; border-color: var(--line); }
:focus-visible { outline: 3px solid #93b4ff; outline-offset: 1px; }
.window { max-width: 78rem; margin: 1rem auto; padding: 0 1rem; display: grid; gap: 1rem;
  grid-template-columns: minmax(0, 1fr) 20rem; align-items: start; }
.browser, .chat, .card { background: var(--paper); border: 1px solid var(--line);
  border-radius: 14px; overflow: hidden; box-shadow: 0 1px 3px #10182814; }
.tabs { display: flex; gap: .35rem; padding: .5rem .6rem 0; background: #dfe4ee; }
.tabs button, .tabs .here { border: 0; border-radius: 10px 10px 0 0; padding: .4rem .9rem;
  background: #cfd6e4; max-width: 14rem; overflow: hidden; text-overflow: ellipsis;
  white-space: nowrap; display: block; }
.tabs .here { background: #f7f8fb; font-weight: 600; }
.bar { display: flex; flex-wrap: wrap; gap: .4rem; align-items: center; padding: .55rem .6rem;
  background: #f7f8fb; border-bottom: 1px solid var(--line); }
.bar form { display: flex; gap: .3rem; }
.url { flex: 1 1 12rem; background: var(--paper); border: 1px solid var(--line);
  border-radius: 999px; padding: .3rem .9rem; color: var(--faint); overflow: hidden;
  text-overflow: ellipsis; white-space: nowrap; }
.stop button { background: var(--bad); border-color: var(--bad); color: #fff; }
.stop button:hover { background: #912018; }
nav.site { display: flex; flex-wrap: wrap; gap: .2rem 1rem; align-items: center;
  padding: .7rem 1.2rem; border-bottom: 1px solid var(--line); }
nav.site .field { flex: 1 1 100%; min-width: 0; margin: 0 0 .3rem; }
main { padding: 1.2rem; min-height: 24rem; }
button.link { border: 0; background: none; padding: .1rem 0; color: var(--blue);
  text-decoration: underline; text-underline-offset: 3px; text-align: left; }
button.link:hover { color: var(--deep); background: none; }
.row { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; align-items: center;
  padding: .55rem 0; border-bottom: 1px solid var(--line); }
.row > :first-child { flex: 1 1 14rem; }
.row form > button.link { font-weight: 600; }
.fact { margin: .35rem 0; display: flex; gap: .6rem; align-items: center; flex-wrap: wrap; }
.row .fact { margin: 0; }
main > .fact > .caption { min-width: 6.5rem; }
.caption { color: var(--faint); }
.value { font-variant-numeric: tabular-nums; font-weight: 600; }
.field { display: flex; gap: .5rem; align-items: center; margin: .5rem 0; }
.field label { min-width: 6.5rem; color: var(--faint); }
.field input, .field select { flex: 0 1 16rem; min-width: 0; }
nav.site .field label { min-width: 0; flex: none; }
nav.site .field input { flex: 1 1 auto; }
.holds { color: var(--good); font-size: .9rem; }
.do { margin: .8rem 0 1.4rem; }
a { color: var(--blue); }
.do button, .primary { background: var(--blue); border-color: var(--blue); color: #fff;
  padding: .5rem 1.2rem; }
.row .do { margin: 0; }
.row .do button { background: #f7f8fb; border-color: #b5bdcb; color: inherit;
  padding: .2rem .7rem; }
.do button:hover, .primary:hover { background: var(--deep); }
.row .do button:hover { background: #e9edf6; }
.answer button { border-color: var(--warmline); background: var(--warm); font-size: .85rem;
  padding: .1rem .6rem; }
.notice { margin: 0; padding: .6rem 1.2rem; background: #fef3f2; color: var(--bad);
  border-bottom: 1px solid #fecdca; }
.chat { padding: 1rem; position: sticky; top: 1rem; }
.chat ol { list-style: none; margin: 0; padding: 0; }
.chat li { background: #eaf1ff; border-radius: 14px 14px 14px 4px; padding: .6rem .9rem;
  margin: 0 0 .6rem; overflow-wrap: anywhere; }
.chat li.news { background: var(--warm); border: 1px solid var(--warmline); }
.chat li small { display: block; color: var(--faint); }
.chat p { margin: .6rem 0 0; color: var(--faint); font-size: .9rem; }
meter { width: 100%; height: .8rem; }
.card { max-width: 40rem; margin: 3rem auto; padding: 2rem 2.2rem; }
.card p { margin: .5rem 0; }
.card details { margin-top: 1.2rem; }
.card .primary { margin-top: .8rem; font-size: 1.05rem; }
.card .again { display: flex; gap: 1.5rem; align-items: center; margin-top: 1.4rem; }
.card a.primary { margin: 0; border-radius: 8px; text-decoration: none; }
.card .said { background: #eaf1ff; border-radius: 14px 14px 14px 4px; padding: .6rem .9rem; }
.card dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.2rem;
  margin: 1rem 0; }
.card dt { color: var(--faint); }
.card dd { margin: 0; font-weight: 600; }
.good { color: var(--good); }
.bad { color: var(--bad); }
@media (max-width: 52rem) {
  .window { grid-template-columns: minmax(0, 1fr); }
  .chat { position: static; order: -1; }
  .field { flex-wrap: wrap; }
  nav.site .field { flex-wrap: nowrap; }
}
"""

_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_DIGEST}'; form-action 'self'; "
        f"base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
