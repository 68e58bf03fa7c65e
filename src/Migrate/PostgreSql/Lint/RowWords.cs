using System.Globalization;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>A number of rows as people say it.</summary>
internal static class RowWords
{
    public static string Of(long rows) => rows switch
    {
        < 0 => "never counted",
        1 => "1 row",
        < 10_000 => string.Create(CultureInfo.InvariantCulture, $"{rows} rows"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{rows / 1_000} thousand rows"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{rows / 1e6:0.#} million rows"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{rows / 1e9:0.#} billion rows"),
    };
}
