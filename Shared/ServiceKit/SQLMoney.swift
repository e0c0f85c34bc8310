/// SQL of amounts, which tables hold in ten-thousandths.
public enum SQLMoney {
    /// An amount as a decimal string.
    public static func text(_ amount: String) -> String { "((\(amount)) / 10000.0)::numeric(24, 4)::text" }
}
