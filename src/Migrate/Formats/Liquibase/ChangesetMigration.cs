using System.Security.Cryptography;
using System.Text;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats.Liquibase;

/// <summary>Makes a migration of a changeset.</summary>
internal static class ChangesetMigration
{
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

    /// <summary>Liquibase takes an edit when the checksum of now, or of then, is listed; the one of then is not kept here.</summary>
    private static bool AcceptsEdits(Changeset changeset) =>
        changeset.ValidChecksums.Count > 0
        && (changeset.ValidChecksums.Any(sum => sum.Equals("any", StringComparison.OrdinalIgnoreCase) || sum.Equals("1:any", StringComparison.OrdinalIgnoreCase))
            || (LiquibaseChecksum.Of(changeset) is { } now && changeset.ValidChecksums.Contains(now, StringComparer.OrdinalIgnoreCase)));
}
