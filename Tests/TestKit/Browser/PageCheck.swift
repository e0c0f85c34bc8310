import EventLoop
import FoundationEssentials
import HTTP

/// Looks for what shuts people out of a page: by axe-core, where it can be had, and by what axe does not look at.
@Loop
public final class PageCheck {
    private let axe: String?

    /// Finds axe-core beside the package or in a wheel from PyPI; without it the rest is checked, and that is printed.
    public init() async throws {
        if let path = TestPaths.sharedData("data/axe/axe.min.js") {
            axe = TestPaths.contents(path)
        } else if let python = try await PythonEnvironment.find(
            "axe", packages: ["--no-deps", "axe-playwright-python==0.1.8"])
        {
            let found = try await python.run(
                "\(python.programs)/python",
                ["-c", "import importlib.util as u; print(u.find_spec('axe_playwright_python').origin)"],
                within: .seconds(20))
            let folder = found.output.split(separator: "\n").last?.split(separator: "/").dropLast().joined(
                separator: "/")
            axe = folder.map { TestPaths.contents("/\($0)/axe.min.js") }.flatMap { $0.isEmpty ? nil : $0 }
        } else {
            axe = nil
        }
        if axe == nil { print("skipped: axe-core is not to be had; pages are checked without it") }
    }

    /// What is wrong with the page that a browser shows, in words; empty where nothing is. In a page whose scripts do not run, axe does not.
    public func faults(of chromium: Chromium) async throws -> [String] {
        var faults: [String] = try await chromium.run(Self.own)
        if let axe, chromium.runsScripts {
            // At once, for motion would be taken for colours that are not there.
            faults += try await chromium.wait("\(axe);\(Self.report)") as [String]
        }
        return faults
    }

    private static let report = """
        const done = arguments[arguments.length - 1]
        axe.run(document, { resultTypes: ['violations'] }).then(found => done(found.violations.map(v =>
          `axe ${v.id}: ${v.help}: ${v.nodes.map(n => n.html.slice(0, 160)).join(' | ')}`)), e => done(['axe: ' + e]))
        """

    /// No page is wider than its window; what one acts on has a name, 24 pixels and an id of letters; ids are there once; there is one
    /// title; nothing has a style or a handler of its own; every picture that is drawn has a name.
    private static let own = """
        const faults = [], all = [...document.querySelectorAll('*')]
        const shown = e => { const r = e.getBoundingClientRect(); return r.width > 0 && r.height > 0 }
        const say = (what, e) => faults.push(what + ': ' + e.outerHTML.slice(0, 160))
        if (document.documentElement.scrollWidth > innerWidth + 1) {
          const wide = all.filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll'))
          faults.push(`wider than its window by ${document.documentElement.scrollWidth - innerWidth}: `
            + wide.slice(0, 3).map(e => e.outerHTML.slice(0, 120)).join(' | '))
        }
        const ids = all.map(e => e.getAttribute('id')).filter(i => i)
        for (const id of ids) if (!/^[a-z][a-z0-9-]*$/.test(id)) faults.push('an id that is none: ' + id)
        for (const id of new Set(ids)) if (ids.filter(i => i === id).length > 1) faults.push('an id twice: ' + id)
        if (document.querySelectorAll('h1').length !== 1) faults.push('not one h1')
        for (const e of all) {
          if ([...e.attributes].some(a => a.name === 'style' || a.name.startsWith('on'))) say('a style or handler', e)
          if (e.matches('a[href],button,input:not([type=hidden]),select,textarea,summary') && shown(e)) {
            const r = e.getBoundingClientRect(), inText = e.matches('a') && e.closest('p,li,td,th,dd,small,caption')
            const label = e.labels && e.labels[0] ? e.labels[0].getBoundingClientRect() : { width: 0, height: 0 }
            if (!inText && Math.max(r.height, label.height) < 24) say('lower than 24 pixels', e)
            const name = (e.getAttribute('aria-label') || e.textContent || '').trim() || (e.labels && e.labels[0]?.textContent.trim())
              || e.getAttribute('aria-labelledby')
            if (!name) say('without a name', e)
          }
          if (e.matches('svg') && shown(e) && e.getAttribute('aria-hidden') !== 'true'
            && !e.querySelector(':scope > title') && !e.getAttribute('aria-label')) say('a drawing without a name', e)
        }
        return faults
        """
}
