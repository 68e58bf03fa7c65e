using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate.Series;

/// <summary>The <c>-- lk:</c> directives in the head of a file: <c>no-transaction</c>, <c>timeout SPAN</c> and <c>contract of COLUMN</c>.</summary>
internal sealed record Directives(bool NoTransaction, TimeSpan? Timeout)
{
    /// <summary>The columns whose old form the file takes away, each <c>schema.table.column</c> as written.</summary>
    public IReadOnlyList<string> ContractOf { get; private init; } = [];

    private const string Prefix = "lk:";

    /// <summary>Reads the comment lines before the first statement.</summary>
    /// <param name="text">The script.</param>
    /// <param name="file">Its file, for errors.</param>
    /// <param name="firstLine">The line of the file where the script starts.</param>
    public static Directives Read(string text, string file, int firstLine = 1)
    {
        var found = new Directives(false, null);
        var number = firstLine - 1;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            var trimmed = line.TrimStart();
            if (trimmed.IsEmpty)
                continue;
            if (!trimmed.StartsWith("--", StringComparison.Ordinal))
                break;
            // However it is spaced: a directive that is taken for a comment would change what the file does.
            var comment = trimmed[2..].TrimStart();
            if (comment.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
                found = found.With(comment[Prefix.Length..].Trim().ToString(), new SourcePosition(file, number, line.Length - trimmed.Length + 1));
        }

        return found;
    }

    private Directives With(string directive, SourcePosition at)
    {
        var words = directive.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words switch
        {
            _ when AllowDirective.IsOne(directive) || BackfillDirective.IsOne(directive) => this,
            ["no-transaction"] => this with { NoTransaction = true },
            ["timeout", var span] when Durations.TryParse(span, out var timeout) && timeout > TimeSpan.Zero => this with { Timeout = timeout },
            ["contract", "of", .. var columns] when columns.Length > 0 => this with { ContractOf = [.. ContractOf, .. string.Join(' ', columns).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)] },
            _ => throw new LockkeeperException(
                MigrateErrors.BadDirective, $"'-- {Prefix} {directive}' is not a directive",
                "The directives are '-- lk: no-transaction', '-- lk: timeout 30s', '-- lk: contract of TABLE.COLUMN', '-- lk: backfill' and '-- lk: allow RULE: REASON'.", at),
        };
    }
}
