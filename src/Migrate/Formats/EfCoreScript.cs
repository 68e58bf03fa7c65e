using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats;

/// <summary>Takes a script of EF Core apart into its migrations.</summary>
/// <param name="text">The script.</param>
/// <param name="file">Its path as a user would type it.</param>
internal sealed partial class EfCoreScript(string text, string file)
{
    private readonly List<TopLevel> pieces = [.. TopLevel.Of(text)];

    /// <summary>The migrations, in the order of the file.</summary>
    public IEnumerable<Migration> Migrations()
    {
        var (from, first) = (0, 0);
        var migrations = new List<Migration>();
        for (var i = 0; i < pieces.Count; i++)
        {
            var row = Row().Match(text, pieces[i].Start, pieces[i].End - pieces[i].Start);
            if (Removal().IsMatch(text.AsSpan(pieces[i].Start, pieces[i].End - pieces[i].Start)))
                throw Wrong(MigrateErrors.NotSupported, pieces[i].Start, "the script takes migrations back, which is not supported here", "Write a script that goes forward: 'dotnet ef migrations script' without arguments, or from an older migration to a newer one.");
            if (!row.Success || !IsHistory(pieces[i]))
                continue;
            migrations.Add(Migration(row, from, pieces.GetRange(first, i - first + 1)));
            (from, first) = (pieces[i].End, i + 1);
        }

        if (migrations.Count == 0)
            throw Wrong(MigrateErrors.BadScript, 0, "the script holds no migration of EF Core", "Write it with 'dotnet ef migrations script'.");
        var rest = pieces.Skip(first).FirstOrDefault(piece => !piece.Commits(text) && !piece.Begins(text));
        return rest is null ? migrations : throw Wrong(
            MigrateErrors.BadScript, rest.Start, "statements after the last row of __EFMigrationsHistory belong to no migration", "Write the script anew with 'dotnet ef migrations script'.");
    }

    private Migration Migration(Match row, int from, List<TopLevel> own)
    {
        var id = row.Groups["id"].Value.Replace("''", "'", StringComparison.Ordinal);
        var name = Id().Match(id);
        if (!name.Success || !MigrationVersion.TryParse(name.Groups["version"].Value, out var version))
            throw Wrong(MigrateErrors.BadScript, row.Index, $"'{id}' is not the id of a migration of EF Core", "Ids are fourteen digits of date and time, an underscore and a name.");
        var part = text[from..own[^1].End];
        var blanked = TopLevel.WithoutTransactions(part);
        // Only what changes the schema is hashed: EF Core writes the rest anew, with its own version in it, each time.
        var body = string.Concat(own.Where(piece => !piece.Begins(text) && !piece.Commits(text) && !IsPreamble(piece) && !IsPlainRow(piece)).Select(piece => text[piece.Start..piece.End] + "\n"));
        var script = MigrationScript.Of(blanked, file, text.AsSpan(0, from).Count('\n') + 1);
        return new Migration(version.Text, MigrationKind.Versioned, version, name.Groups["name"].Value.Replace('_', ' '), script with
        {
            Text = Table(row) + blanked,
            Sha256 = MigrationScript.Of(body, file).Sha256,
            NoTransaction = script.NoTransaction || LeavesTransaction(own),
        }, null);
    }

    /// <summary>The history as EF Core makes it. A script from one migration to another leaves it out, and a target that was baselined does not have it.</summary>
    private static string Table(Match row) =>
        $"CREATE TABLE IF NOT EXISTS {row.Groups["table"].Value} ({row.Groups["first"].Value} character varying(150) NOT NULL, {row.Groups["second"].Value} character varying(32) NOT NULL, "
        + $"CONSTRAINT \"PK___EFMigrationsHistory\" PRIMARY KEY ({row.Groups["first"].Value})); ";

    /// <summary>Whether EF Core runs something of it outside of a transaction: then it stands between a COMMIT and the next START TRANSACTION.</summary>
    private bool LeavesTransaction(List<TopLevel> own)
    {
        if (!pieces.Exists(piece => piece.Begins(text)))
            return false;
        var begun = pieces.TakeWhile(piece => piece != own[0]).Count(piece => piece.Begins(text)) - pieces.TakeWhile(piece => piece != own[0]).Count(piece => piece.Commits(text));
        var (isInside, hasRun) = (begun > 0, false);
        foreach (var piece in own)
        {
            if (piece.Begins(text))
                isInside = true;
            else if (piece.Commits(text) && hasRun)
                return true;
            else if (piece.Commits(text))
                isInside = false;
            else if (!IsPreamble(piece) && !isInside)
                return true;
            else
                hasRun |= !IsPreamble(piece);
        }

        return false;
    }

    private bool IsHistory(TopLevel piece) => IsPlainRow(piece) || text.AsSpan(piece.Start).StartsWith("DO ", StringComparison.OrdinalIgnoreCase);

    private bool IsPlainRow(TopLevel piece) => text.AsSpan(piece.Start).StartsWith("INSERT ", StringComparison.OrdinalIgnoreCase) && Row().Match(text, piece.Start, piece.End - piece.Start) is { Success: true } row && row.Index == piece.Start;

    /// <summary>What makes the history, and the schema that it stands in.</summary>
    private bool IsPreamble(TopLevel piece) => Preamble().IsMatch(text.AsSpan(piece.Start, piece.End - piece.Start)) && pieces.TakeWhile(other => other != piece).All(other => !other.Begins(text));

    private LockkeeperException Wrong(ErrorCode code, int offset, string message, string hint)
    {
        var before = text.AsSpan(0, offset);
        return new LockkeeperException(code, message, hint, new SourcePosition(file, before.Count('\n') + 1, offset - (before.LastIndexOf('\n') + 1) + 1));
    }

    [GeneratedRegex(@"INSERT\s+INTO\s+(?<table>(""?\w+""?\.)?""__EFMigrationsHistory"")\s*\((?<first>""?\w+""?)\s*,\s*(?<second>""?\w+""?)\)\s*VALUES\s*\('(?<id>([^']|'')*)'\s*,\s*'[^']*'\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();

    [GeneratedRegex(@"^(DO\s+\$(EF)?\$.*)?DELETE\s+FROM\s+(""?\w+""?\.)?""__EFMigrationsHistory""", RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1000)]
    private static partial Regex Removal();

    [GeneratedRegex(@"^CREATE\s+TABLE\s+IF\s+NOT\s+EXISTS\s+(""?\w+""?\.)?""__EFMigrationsHistory""|^DO\s+\$EF\$\s*BEGIN\s+IF\s+NOT\s+EXISTS\s*\(\s*SELECT\s+1\s+FROM\s+pg_namespace", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Preamble();

    [GeneratedRegex(@"^(?<version>\d{14})_(?<name>.+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Id();
}
