"""What every page is examined for: axe's rules, sizes of targets, sideways scrolling, visible focus."""

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
    return found
