using System.Text;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Host.Reference;

/// <summary>docs/reference/errors.md, made from the error codes.</summary>
public static class ErrorsPage
{
    private static readonly (int From, int To, string Title)[] Ranges =
    [
        (1000, 1099, "Using lk"), (1100, 1199, "Configuration"), (1200, 1299, "Secret references"), (1300, 1399, "Programs that lk starts"),
        (1400, 1499, "Ledger"), (1500, 1599, "Gates and approvals"), (1600, 1999, "Machine"),
        (2000, 2099, "PostgreSQL: connections and answers"), (2100, 2199, "PostgreSQL: SQL text"), (2200, 2299, "PostgreSQL: schemas"), (2300, 2399, "PostgreSQL: sandbox clusters"), (2400, 2999, "PostgreSQL"),
        (3000, 3999, "Migrate"), (4000, 4999, "Provision"), (5000, 5999, "Backup"), (6000, 6999, "Observe"), (7000, 7999, "Server"),
    ];

    /// <summary>The page.</summary>
    /// <param name="codes">Every code.</param>
    public static string Of(IReadOnlyList<ErrorCode> codes)
    {
        var page = new StringBuilder();
        page.Append("# Error codes\n\n<!-- Generated from the code: LK_UPDATE_GOLDEN=1 ./test ReferencePages -->\n\n");
        page.Append("A number never changes its meaning and is never used again. Exit codes: 1 findings, 2 wrong use, 3 failed and nothing changed, 4 partly applied, 5 refused; a verb that had changed something before it failed ends with 4.\n");
        foreach (var (from, to, title) in Ranges)
        {
            var rows = codes.Where(code => code.Number >= from && code.Number <= to).OrderBy(code => code.Number).ToArray();
            if (rows.Length == 0)
                continue;
            page.Append($"\n## {title}\n\n| code | meaning | exit |\n|---|---|---|\n");
            foreach (var code in rows)
                page.Append($"| {code.Id} | {Markdown.Cell(code.Meaning)} | {(int)code.Exit} |\n");
        }

        return page.ToString();
    }
}
