"""The page in a real browser: no message, no request, nothing wider than the screen, no finding of axe-core.

Needs Chromium and, under $NODE_PATH, the npm packages playwright-core and axe-core.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from tests.report.years import make  # noqa: E402

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

LOOK = """
const { chromium } = require("playwright-core");
const fs = require("fs");
(async () => {
  const [, , page, binary, folder] = process.argv, found = [];
  const browser = await chromium.launch({ executablePath: binary, args: ["--no-sandbox"] });
  for (const width of [390, 1280, 2560]) for (const scheme of ["light", "dark"]) {
    const look = async (bypassCSP, script) => {
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme, bypassCSP, javaScriptEnabled: script });
      return [context, await context.newPage()];
    };
    const [one, tab] = await look(false, true), said = [], asked = [];
    tab.on("console", (message) => said.push(message.text()));
    tab.on("pageerror", (error) => said.push(String(error)));
    tab.on("request", (request) => asked.push(request.url()));
    await tab.goto("file://" + page);
    await tab.focus("figure[data-slots] .area");
    await tab.keyboard.press("End");
    const read = await tab.textContent("figure[data-slots] .readout");
    await tab.click("table.sortable th:nth-child(2) button");
    const sorted = await tab.getAttribute("table.sortable th:nth-child(2)", "aria-sort");
    const over = await tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    await tab.screenshot({ path: `${folder}/page-${width}-${scheme}.png`, fullPage: true });
    const [two, checked] = await look(true, true);
    await checked.goto("file://" + page);
    await checked.evaluate(fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8"));
    const axe = await checked.evaluate(async () => (await axe.run()).violations.map((each) => `${each.impact}: ${each.id}: ${each.nodes[0].target}`));
    found.push({ width, scheme, said, asked: asked.length, read, sorted, over, axe });
    await one.close(); await two.close();
  }
  console.log(JSON.stringify(found));
  await browser.close();
})();
"""


def has_packages() -> bool:
    return bool(shutil.which("node")) and subprocess.run(["node", "-e", "require.resolve('playwright-core'); require.resolve('axe-core')"], capture_output=True).returncode == 0


@pytest.mark.skipif(not CHROMIUM, reason="no Chromium")
@pytest.mark.skipif(not has_packages(), reason="npm packages playwright-core and axe-core are not under $NODE_PATH")
def test_the_page_in_a_browser(tmp_path):
    make(tmp_path / "lake", days=60, teams=8)
    page, script = tmp_path / "report.html", tmp_path / "look.js"
    subprocess.run([sys.executable, "-m", "llmops_cli", "report", str(tmp_path / "lake"), "--html", str(page)], cwd=ROOT, check=True)
    script.write_text(LOOK)
    done = subprocess.run(["node", str(script), str(page), CHROMIUM, str(tmp_path)], capture_output=True, text=True, timeout=300, env=os.environ)
    assert done.returncode == 0, done.stderr
    for each in json.loads(done.stdout):
        assert (each["said"], each["asked"], each["over"], each["axe"]) == ([], 1, 0, []), each
        assert each["read"].startswith("2025-05-01: conversations ") and each["sorted"] == "descending"
