"""What every page is examined for: axe's rules, sizes of targets, sideways scrolling, the menu that says where one is."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

TARGETS = """
() => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
  .filter((e) => {
    const box = e.getBoundingClientRect();
    if (!box.width || !box.height || !e.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return false;
    if (e.closest('p, li, td, dd, small, .note') && getComputedStyle(e).display === 'inline') return false;
    return box.width < 24 || box.height < 24;
  })
  .map((e) => [e, e.getBoundingClientRect()])
  .map(([e, box]) => `${e.tagName} ${e.className} "${(e.textContent || e.name || '').trim().slice(0, 40)}"`
    + ` ${Math.round(box.width)}x${Math.round(box.height)}`)
"""
UNSEEN_PLACE = """
() => [...document.querySelectorAll('.nav a[aria-current], .tabs a[aria-current]')]
  .filter((e) => e.checkVisibility())
  .map((e) => [e, e.getBoundingClientRect(), e.closest('ul, nav').getBoundingClientRect()])
  .filter(([, box, list]) => box.left < Math.max(list.left, 0) - 1
    || box.right > Math.min(list.right, document.documentElement.clientWidth) + 1)
  .map(([e]) => e.textContent.trim())
"""
"""The menu's entry for the page one is on, where it lies outside what a narrow screen shows."""
SIDEWAYS = "() => document.documentElement.scrollWidth - window.innerWidth"


def faults_of(page: Page) -> list[str]:
    """Return what is wrong with a page as it stands; empty when nothing is."""
    report = Axe().run(page).response
    found = [
        f"axe {violation['id']} ({violation['impact']}): {node['html'][:160]} {node['failureSummary'][:200]}"
        for violation in report["violations"]
        for node in violation["nodes"][:3]
    ]
    found += [f"target under 24 px: {target}" for target in page.evaluate(TARGETS)]
    sideways = page.evaluate(SIDEWAYS)
    if sideways > 0:
        found.append(f"the page scrolls {sideways} px sideways")
    found += [f"the menu's {place} is out of sight" for place in page.evaluate(UNSEEN_PLACE)]
    return found
