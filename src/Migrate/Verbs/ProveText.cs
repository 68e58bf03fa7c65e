using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Migrate.Proof;

namespace Lockkeeper.Migrate.Verbs;

/// <summary>Words a proof for people and as data.</summary>
internal static class ProveText
{
    private const int LongestStatement = 60;

    /// <summary>The report.</summary>
    public static Report Of(string? environment, IReadOnlyList<ReleaseProof> proofs)
    {
        var data = new ProveReport(environment, [.. proofs.Select(Data)]);
        var exit = proofs.Any(proof => proof.Findings.Any(finding => finding.Severity > Severity.Info)) ? ExitCode.Findings : ExitCode.Done;
        return Report.Of(data, () => MigrateJson.Default.ProveReport, [.. proofs.SelectMany(proof => Blocks(environment, proof))], exit);
    }

    private static ProvedDatabase Data(ReleaseProof proof) => new(
        proof.Database, proof.Target, proof.Shadow, proof.Artifact, [.. proof.Migrations.Select(Data)], proof.Traffic, proof.NotChecked,
        [.. proof.Findings.Select(finding => new FindingReport(finding.Rule, finding.Severity.ToString().ToLowerInvariant(), finding.Message, finding.At?.ToString(), finding.Hint))], [.. proof.Orders.Select(OrderText.Data)])
    {
        Queries = proof.Queries is { } queries ? ProveQueriesText.Data(queries) : null,
    };

    private static ProvedMigration Data(MigrationProof proof)
    {
        var verdicts = Verdicts.Of(proof.Trace);
        return new ProvedMigration(
            proof.Migration.Migration.Id, proof.Migration.Migration.Title, proof.Migration.Up.Source.File, proof.Trace.InTransaction,
            proof.Trace.Error is null ? RunText.Snake(verdicts.DefaultIfEmpty(Verdict.Unnoticed).Max().ToString()) : "fails",
            [.. proof.Trace.Statements.Zip(verdicts, Data)], proof.Trace.Error is { } error ? $"{error.Code.Id}: {error.Message}" : null,
            Data(proof.WayBack), proof.Forecast is { } forecast ? new ProvedForecast(forecast.ExpectedMs, [.. forecast.Locks.Select(one => new ProvedLockForecast(one.Statement, one.Relation, one.Mode, one.HoldMs, one.BlockedPerSecond, one.Chance))]) : null);
    }

    private static ProvedWayBack Data(WayBack way) => new(
        RunText.Snake(way.State.ToString()), way.Error?.Message, way.Differences, way.Losses,
        [.. way.Partial.Select(part => new ProvedPartialWayBack(part.Done, part.Of, part.IsProven, part.Error?.Message, part.Differences))]);

    private static ProvedStatement Data(StatementTrace statement, Verdict verdict) => new(
        statement.Number, statement.Count, statement.Command, statement.Sql, statement.At.ToString(), statement.Milliseconds, RunText.Snake(verdict.ToString()),
        [.. statement.Locks.Select(held => new ProvedLock(held.Relation, held.Mode, [.. BlockWords(held.Blocks)]))], statement.Rewrites, statement.Scans,
        [.. statement.Indexes.Select(index => new ProvedIndex(index.Name, index.Table, index.IsValid))],
        [.. statement.Constraints.Select(constraint => new ProvedConstraint(constraint.Name, constraint.Table, constraint.IsValidated))], statement.Triggers) { InBatches = statement.IsBackfill };

    private static IEnumerable<Block> Blocks(string? environment, ReleaseProof proof)
    {
        yield return new Heading(proof.Target is null ? $"{proof.Database}, from its migrations alone" : $"{proof.Database} on {environment} ({proof.Target})");
        yield return new Line($"tried on {proof.Shadow}; release {proof.Artifact[..12]}", Tone.Muted);
        foreach (var migration in proof.Migrations)
        {
            yield return new Line($"{migration.Migration.Migration.Title}{(migration.Trace.InTransaction ? ", in one transaction" : ", without a transaction")}", Tone.Strong);
            if (migration.Trace.Statements.Count > 0)
                yield return new Table(["#", "statement", "locks", "blocks", "work", "verdict"], [.. migration.Trace.Statements.Zip(Verdicts.Of(migration.Trace), Row)]);
            foreach (var backfill in migration.Trace.Statements.Where(statement => statement.IsBackfill))
                yield return new Line($"statement {backfill.Number} was run as one statement here; on the target it runs in batches, each with its locks for itself", Tone.Muted, 1);
            foreach (var line in Forecast(migration))
                yield return line;
            yield return WayBackLine(migration);
        }

        foreach (var line in (proof.Queries is { } queries ? ProveQueriesText.Lines(queries) : []).Concat(proof.Orders.SelectMany(OrderText.Lines)))
            yield return line;
        foreach (var finding in proof.Findings)
        {
            yield return new Line($"{finding.Rule}: {finding.Message}{(finding.At is { } at ? $" ({at})" : "")}", finding.Severity switch { Severity.Error => Tone.Bad, Severity.Warning => Tone.Warning, _ => Tone.Muted });
            if (finding.Hint is { } hint)
                yield return new Line(hint, Tone.Muted, 1);
        }

        foreach (var missing in proof.NotChecked)
            yield return new Line($"not checked: {missing}", Tone.Warning);
        if (proof.Migrations.Count == 0)
            yield return new Line(proof.Target is null ? "there is no migration to try" : "nothing is pending", Tone.Good);
        else if (!proof.Findings.Any(finding => finding.Severity > Severity.Info))
            yield return new Line($"{Plural.Of(proof.Migrations.Count, "migration")} tried{(proof.Target is null ? "" : "; the target was only read")}", Tone.Good);
    }

    private static IEnumerable<Line> Forecast(MigrationProof proof)
    {
        if (proof.Forecast is not { } forecast)
            yield break;
        yield return new Line($"expected on the target: {Milliseconds(forecast.ExpectedMs)} once it has its locks", Tone.Plain, 1);
        foreach (var held in forecast.Locks)
        {
            var blocked = held.BlockedPerSecond is { } rate ? rate is > 0 and < 0.01 ? "a statement now and then waits" : $"{rate:0.##} statements a second wait" : "who waits is not known";
            var chance = held.Chance is { } p ? $"{p:0.##%} to get it at the first try" : "the chance to get it is not known";
            yield return new Line($"{held.Mode} on {held.Relation} from statement {held.Statement}: held {Milliseconds(held.HoldMs)}, {blocked}, {chance}", Tone.Plain, 2);
        }
    }

    private static Line WayBackLine(MigrationProof proof)
    {
        var losses = proof.WayBack.Losses.Count == 0 ? "" : $"; it does not bring back {string.Join(", ", proof.WayBack.Losses)}";
        return proof.WayBack.State switch
        {
            WayBackState.Proven => new Line($"way back: proven{losses}", losses.Length == 0 ? Tone.Good : Tone.Warning, 1),
            WayBackState.Broken => new Line("way back: broken", Tone.Bad, 1),
            WayBackState.None => new Line("way back: none", Tone.Warning, 1),
            _ => new Line("way back: not tried", Tone.Warning, 1),
        };
    }

    private static string Milliseconds(double number) => Kernel.Config.Durations.Words(TimeSpan.FromMilliseconds(number));

    private static IReadOnlyList<Cell> Row(StatementTrace statement, Verdict verdict)
    {
        var shown = statement.Locks.Where(held => held.Blocks != Blocked.Nothing).ToList();
        return
        [
            statement.Count == 1 ? $"{statement.Number}" : $"{statement.Number}–{statement.Number + statement.Count - 1}",
            Shorten(statement.Sql),
            string.Join(", ", shown.GroupBy(held => held.Mode).Select(group => $"{group.Key} on {string.Join(", ", group.Select(held => held.Relation))}")),
            string.Join(", ", shown.SelectMany(held => BlockWords(held.Blocks)).Distinct()),
            string.Join(", ", Work(statement)),
            new Cell(Verdicts.Words(verdict), verdict switch { Verdict.BlocksAll or Verdict.BlocksWrites => Tone.Bad, Verdict.Brief => Tone.Warning, _ => Tone.Good }),
        ];
    }

    private static IEnumerable<string> Work(StatementTrace statement)
    {
        foreach (var table in statement.Rewrites)
            yield return $"rewrites {table}";
        foreach (var table in statement.Scans.Except(statement.Rewrites))
            yield return $"reads all of {table}";
        foreach (var index in statement.Indexes)
            yield return index.IsValid ? $"builds {index.Name}" : $"leaves {index.Name} INVALID";
        foreach (var constraint in statement.Constraints)
            yield return constraint.IsValidated ? $"checks {constraint.Name}" : $"adds {constraint.Name}, not valid";
        foreach (var trigger in statement.Triggers)
            yield return $"fires {trigger}";
    }

    private static IEnumerable<string> BlockWords(Blocked blocks)
    {
        if (blocks.HasFlag(Blocked.Reads))
            yield return "reads";
        if (blocks.HasFlag(Blocked.Writes))
            yield return "writes";
        if (blocks.HasFlag(Blocked.SchemaChanges))
            yield return "schema changes";
    }

    private static string Shorten(string sql)
    {
        var line = string.Join(' ', sql.Split([' ', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries).TakeWhile((_, i) => i < LongestStatement));
        return line.Length <= LongestStatement ? line : line[..LongestStatement] + " …";
    }
}
