using System.Security.Cryptography;
using System.Text;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats.Liquibase;

/// <summary>Makes a migration of a changeset.</summary>
internal static class ChangesetMigration
{
    /// <summary>The checksums that stand for all: CheckSum.parse puts version 1 before one that has none.</summary>
    private static readonly string[] Anything = ["any", "all", "*", "1:any", "1:all", "1:*"];

    public static Migration Of(Changeset changeset, ChangelogChoice choice)
    {
        var again = changeset.RunOnChange || changeset.RunAlways;
        var up = Script(changeset, [.. changeset.Changes.SelectMany(change => change.Up)], changeset.Changes) with { NoTransaction = !changeset.RunInTransaction };
        return new Migration(changeset.Identity, again ? MigrationKind.Repeatable : MigrationKind.Planned, null, changeset.Comment.Length == 0 && again ? changeset.Identity : changeset.Comment, up, Down(changeset))
        {
            Disabled = choice.WhyNot(changeset) is not null,
            RunAlways = changeset.RunAlways,
            AcceptsEdits = AcceptsEdits(changeset),
            LeavesFailed = !changeset.FailOnError,
            // One that its author lets a run leave behind comes late by design.
            OutOfOrder = !changeset.FailOnError || changeset.Preconditions is { OnFail: PreconditionOutcome.Continue } or { OnError: PreconditionOutcome.Continue } ? true : null,
            Changeset = new ChangesetFacts(
                changeset.Path, changeset.Id, changeset.Author, LiquibaseChecksum.Of(changeset), Description(changeset), changeset.Comment, Joined(changeset.Contexts), Joined(changeset.Labels),
                changeset.Changes.FirstOrDefault(change => change.Tag is not null)?.Tag)
            {
                ValidChecksums = changeset.ValidChecksums,
            },
            Preconditions = Preconditions(changeset),
        };
    }

    private static PreconditionSet? Preconditions(Changeset changeset)
    {
        if (changeset.Preconditions is null && changeset.ChangelogPreconditions.Count == 0)
            return null;
        var own = changeset.Preconditions
            ?? new PreconditionSet(new Precondition("and", new Dictionary<string, string>(), [], changeset.At), PreconditionOutcome.Halt, PreconditionOutcome.Halt);
        return own with { Before = changeset.ChangelogPreconditions };
    }

    private static MigrationScript? Down(Changeset changeset)
    {
        if (changeset.Rollback is { } written)
            return Script(changeset, [.. written.SelectMany(change => change.Up)], written) with { NoTransaction = !changeset.RunInTransaction };
        if (changeset.Changes.Any(change => change.Down is null))
            return null;
        var undone = changeset.Changes.Reverse().ToList();
        return Script(changeset, [.. undone.SelectMany(change => change.Down!)], undone) with { NoTransaction = !changeset.RunInTransaction };
    }

    /// <summary>At most as long as Liquibase's column is.</summary>
    private static string Description(Changeset changeset)
    {
        const int longest = 255;
        var words = string.Join("; ", changeset.Changes.Select(change => change.Description));
        return words.Length <= longest ? words : words[..(longest - 3)] + "...";
    }

    private static string Joined(IReadOnlyList<string> expressions) => expressions.Where(expression => expression.Length > 0).ToList() switch
    {
        [] => "",
        [var only] => only,
        var several => string.Join(" AND ", several.Select(expression => $"({expression})")),
    };

    /// <summary>What counts as an edit here is what does in Liquibase: its content, not white space, nor where it stands.</summary>
    private static MigrationScript Script(Changeset changeset, IReadOnlyList<ScriptPart> parts, IReadOnlyList<Change> changes)
    {
        var at = parts.Count > 0 ? parts[0].At : changeset.At;
        var head = Directives.Read(parts.Count > 0 && !parts[0].IsGenerated ? parts[0].Text : "", at.File, at.Line);
        var content = string.Join('\n', changes.Select(change => $"{change.Name} {change.Content}"));
        return new MigrationScript
        {
            File = changeset.At.File,
            FirstLine = changeset.At.Line,
            Text = string.Join('\n', parts.Select(part => part.IsGenerated ? part.Text + ";" : part.Text.Trim())),
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content))),
            Parts = parts,
            MayBeEmpty = true,
            NoTransaction = head.NoTransaction,
            Timeout = head.Timeout,
            ReplacePlaceholders = false,
        };
    }

    /// <summary>Liquibase takes an edit when the checksum of now, or of then, is listed; the one of then is known where its own table is kept up to date.</summary>
    private static bool AcceptsEdits(Changeset changeset) =>
        changeset.ValidChecksums.Count > 0
        && (changeset.ValidChecksums.Any(sum => Anything.Contains(sum, StringComparer.OrdinalIgnoreCase))
            || (LiquibaseChecksum.Of(changeset) is { } now && changeset.ValidChecksums.Contains(now, StringComparer.OrdinalIgnoreCase)));
}
