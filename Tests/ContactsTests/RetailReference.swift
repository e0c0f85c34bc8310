import EventLoop
import FoundationEssentials
import TestKit

/// The real order file, worked out by pandas: an independent reckoning to hold the service against.
struct RetailReference: Decodable {
    struct Customer: Decodable {
        let no: String
        let net, orders, credits: Int
        let r, f, m: Int?
        let abc: String?
    }
    struct Cohort: Decodable {
        let cohort: String
        let months: [String: Int]
    }
    struct Top: Decodable {
        let no: String
        let net: Int
    }

    let customers: [Customer]
    let repeaters, base: Int
    let retention: [Cohort]
    let top: [Top]
    /// Whether the classes are those by rank, and of recency and revenue, whose edges differ, those of `qcut`.
    let qcutAgrees: Bool

    /// Runs pandas on the file; nil, with the reason printed, where there is no Python or no way to install pandas.
    @Loop
    static func find(_ file: String) async throws -> RetailReference? {
        guard let python = try await PythonEnvironment.find("pandas", packages: ["pandas"]) else { return nil }
        let work = try TestPaths.temporaryFolder()
        defer { TestPaths.remove(work) }
        try Data(script.utf8).write(to: URL(filePath: work + "/reckon.py"))
        let run = try await python.run(
            python.programs + "/python", [work + "/reckon.py", file, work + "/answer.json"], within: .seconds(150))
        guard run.isSuccess else { throw PandasFailed(log: run.output) }
        let answer = try Data(contentsOf: URL(filePath: work + "/answer.json"))
        return try JSONDecoder().decode(RetailReference.self, from: answer)
    }

    struct PandasFailed: Error { let log: String }

    /// Amounts are whole ten-thousandths: a price has at most three places.
    private static let script = """
        import json, sys
        import numpy as np, pandas as pd
        lines = pd.read_csv(sys.argv[1], dtype={'InvoiceNo': str, 'CustomerID': str, 'StockCode': str}, keep_default_na=False)
        lines['amount'] = (lines.UnitPrice.astype(float) * 10000).round().astype('int64') * lines.Quantity.astype('int64')
        invoices = lines.groupby('InvoiceNo', sort=False).agg(
            customer=('CustomerID', 'first'), at=('InvoiceDate', 'first'), total=('amount', 'sum')).reset_index()
        invoices['at'] = pd.to_datetime(invoices['at'], utc=True)
        known = invoices[invoices.customer != '']
        kind = known.InvoiceNo.str[0]
        orders, credits = known[~kind.isin(['C', 'A'])], known[kind == 'C']
        sums = pd.DataFrame(index=sorted(set(known.customer)))
        sums['orders'] = orders.groupby('customer').size()
        sums['credits'] = credits.groupby('customer').size()
        sums['net'] = orders.groupby('customer').total.sum()
        sums = sums.fillna(0).astype('int64')
        sums['net'] += credits.groupby('customer').total.sum().reindex(sums.index, fill_value=0)
        base = sums[sums.orders > 0].copy()
        base['last'] = orders.groupby('customer')['at'].max().astype('int64').reindex(base.index)
        def fifths(values):
            edges = np.quantile(values, [.2, .4, .6, .8], method='lower')
            return np.searchsorted(edges, values, side='left') + 1
        agrees = True
        for name, column in (('r', 'last'), ('f', 'orders'), ('m', 'net')):
            values = base[column].to_numpy()
            base[name] = fifths(values)
            # By rank: the class is one more than the number of edges' places that fewer values lie below.
            below = base[column].rank(method='min').to_numpy().astype(int) - 1
            places = [(len(base) - 1) * k // 5 for k in (1, 2, 3, 4)]
            agrees &= bool((1 + sum((below > place).astype(int) for place in places) == base[name]).all())
            if name != 'f':
                agrees &= bool((pd.qcut(base[column], 5, labels=False) + 1 == base[name]).all())
        # Who lies above whom: the sum of all that is greater, so that equals share a class.
        positive = base[base.net > 0].groupby('net').net.sum().sort_index(ascending=False)
        above = positive.cumsum().shift(fill_value=0)
        total = int(positive.sum())
        classes = {n: 'A' if a * 5 < total * 4 else 'B' if a * 20 < total * 19 else 'C' for n, a in above.items()}
        base['abc'] = [classes.get(n, 'C') for n in base.net]
        month = orders['at'].dt.strftime('%Y-%m')
        cohort = month.groupby(orders.customer).transform('min')
        table = orders.assign(month=month, cohort=cohort).groupby(['cohort', 'month']).customer.nunique()
        retention = [dict(cohort=c, months={m: int(n) for (_, m), n in part.items()})
            for c, part in table.groupby(level=0)]
        def row(no, s):
            b = base.loc[no] if no in base.index else None
            return dict(no=no, net=int(s.net), orders=int(s.orders), credits=int(s.credits),
                **({} if b is None else dict(r=int(b.r), f=int(b.f), m=int(b.m), abc=b.abc)))
        best = sums.sort_values('net', ascending=False).head(5)
        json.dump(dict(customers=[row(no, s) for no, s in sums.iterrows()], base=len(base),
            repeaters=int((base.orders > 1).sum()), retention=retention, qcutAgrees=bool(agrees),
            top=[dict(no=no, net=int(s.net)) for no, s in best.iterrows()]), open(sys.argv[2], 'w'))
        """
}
