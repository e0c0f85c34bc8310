import CSheets

/// Writes a table as a workbook, row by row, in constant memory. Cells are texts, so that no number of a customer loses its zeros. By one
/// task at a time, on whichever thread.
public final class XLSXWriter: @unchecked Sendable {
    /// Rows of a sheet, as Excel has them.
    private static let mostRows = 1_048_576

    private var book: UnsafeMutablePointer<lxw_workbook>?
    private var sheet: UnsafeMutablePointer<lxw_worksheet>?
    private var row = 0
    private let headings: [String]

    /// A workbook with these headings at a path.
    public init(path: String, headings: [String]) throws {
        self.headings = headings
        var options = lxw_workbook_options()
        options.constant_memory = 1
        options.use_zip64 = 1
        book = workbook_new_opt(path, &options)
        guard book != nil else { throw SheetError(description: "A workbook cannot be written.") }
        try begin()
    }

    deinit { if let book { workbook_close(book) } }

    /// Adds a row; what no sheet has room for begins the next.
    public func write(_ cells: [String?]) throws {
        if row >= Self.mostRows { try begin() }
        try put(cells)
    }

    /// Ends the file.
    public func close() throws {
        guard let open = book else { return }
        book = nil
        guard workbook_close(open) == LXW_NO_ERROR else {
            throw SheetError(description: "The workbook could not be written.")
        }
    }

    private func begin() throws {
        sheet = workbook_add_worksheet(book, nil)
        row = 0
        try put(headings)
        worksheet_freeze_panes(sheet, 1, 0)
    }

    private func put(_ cells: [String?]) throws {
        for (column, cell) in cells.enumerated() {
            guard let cell, !cell.isEmpty else { continue }
            let code = worksheet_write_string(sheet, UInt32(row), UInt16(column), cell, nil)
            guard code == LXW_NO_ERROR else {
                throw SheetError(description: "A cell could not be written: \(code.rawValue).")
            }
        }
        row += 1
    }
}
