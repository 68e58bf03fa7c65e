using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.Running.Contracts;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.History;

/// <summary>A series held against a target's history: what is pending and what does not fit. A pure function of the two.</summary>
internal sealed class HistoryComparison
{
    private const string LateRule = "out-of-order";

    private HistoryComparison(IReadOnlyList<Migration> pending, IReadOnlyList<Finding> findings, IReadOnlyList<(Migration Migration, HistoryRow Row)> edited, IReadOnlyList<HistoryRow> missing, IReadOnlyList<LateMigration> late)
    {
        Pending = pending;
        Findings = findings;
        Edited = edited;
        Missing = missing;
        Late = late;
    }

    /// <summary>What would run, in order.</summary>
    public IReadOnlyList<Migration> Pending { get; }

    /// <summary>What does not fit, errors first.</summary>
    public IReadOnlyList<Finding> Findings { get; }

    /// <summary>Applied migrations whose file is another one now.</summary>
    public IReadOnlyList<(Migration Migration, HistoryRow Row)> Edited { get; }

    /// <summary>Applied migrations without a file.</summary>
    public IReadOnlyList<HistoryRow> Missing { get; }

    /// <summary>Those of <see cref="Pending"/> that stand before one that is applied.</summary>
    public IReadOnlyList<LateMigration> Late { get; }

    /// <summary>What is pending and waits for its gate, or for one that does; it is not in <see cref="Pending"/>.</summary>
    public IReadOnlyList<HeldMigration> Held { get; private init; } = [];

    /// <summary>Where only what was begun is looked at: how many others are pending; null where all are.</summary>
    public int? NotBegun { get; private init; }

    public static HistoryComparison Of(MigrationSeries series, IReadOnlyList<HistoryRow> rows, OutOfOrderPolicy policy, IOrderProofs? proofs = null)
    {
        var inPlace = rows.Where(row => row.InPlace).ToDictionary(row => row.Id, StringComparer.Ordinal);
        var byKey = new Dictionary<MigrationKey, HistoryRow>();
        foreach (var row in inPlace.Values.OrderBy(row => row.Order))
            byKey.TryAdd(row.Key, row);
        var newest = inPlace.Values.Select(row => row.Version).Where(version => version is not null).Max();
        var baselined = inPlace.Values.Where(row => row.Outcome == HistoryOutcome.Baseline || row.Kind == MigrationKind.Baseline).Select(row => row.Version).Max();
        // On an empty target a baseline migration stands for every version up to its own; elsewhere it has nothing to say.
        var start = inPlace.Count == 0 ? series.Migrations.Where(migration => migration.Kind == MigrationKind.Baseline && !migration.Disabled).Max(migration => migration.Version) : null;

        var lastPlanned = series.Migrations.LastOrDefault(migration => migration.Kind == MigrationKind.Planned && byKey.ContainsKey(migration.Key));
        var isAfterLastPlanned = lastPlanned is null;

        var pending = new List<Migration>();
        var edited = new List<(Migration, HistoryRow)>();
        var findings = new List<Finding>();
        var late = new List<LateMigration>();
        foreach (var migration in series.Migrations)
        {
            isAfterLastPlanned |= ReferenceEquals(migration, lastPlanned);
            if (byKey.TryGetValue(migration.Key, out var row))
            {
                var isSame = row.Sha256 == migration.Up.Sha256 || row.Sha256.Length == 0;
                if (migration is { Kind: MigrationKind.Repeatable, Disabled: false } && (!isSame || migration.RunAlways))
                    pending.Add(migration);
                else if (!isSame && migration.Kind != MigrationKind.Repeatable && !migration.AcceptsEdits)
                    edited.Add((migration, row));
            }
            else if (!migration.Disabled && Runs(migration, start, baselined, inPlace.Count == 0))
            {
                pending.Add(migration);
                if (After(migration) is { } newer)
                {
                    late.Add(new LateMigration(migration, NewerThan(migration, series, byKey)));
                    findings.Add(Finding(late[^1], newer, policy, proofs ?? IOrderProofs.None));
                }
            }
        }

        var known = series.Migrations.Select(migration => migration.Key).ToHashSet();
        // A target that has a baseline's version has what the baseline stands for: the files of that may be gone.
        var covered = series.Migrations.Where(migration => migration.Kind == MigrationKind.Baseline && newest is not null && migration.Version!.CompareTo(newest) <= 0).Max(migration => migration.Version);
        // A baseline row has no file behind it, and no hash.
        var missing = inPlace.Values.Where(row => row.Sha256.Length > 0 && !known.Contains(row.Key) && !(row.Version is not null && covered is not null && row.Version.CompareTo(covered) <= 0))
            .OrderBy(row => row.Order).ToList();
        findings.AddRange(edited.Select(pair => Edit(pair.Item1, pair.Item2)));
        findings.AddRange(missing.Select(Gone));
        return new HistoryComparison(pending, [.. findings.OrderByDescending(finding => finding.Severity)], edited, missing, late);

        // What is applied already and should have come after this one; null when it is not late.
        string? After(Migration migration) => migration.Kind switch
        {
            MigrationKind.Versioned when newest is not null && migration.Version!.CompareTo(newest) < 0 => $"is older than version {newest}",
            MigrationKind.Planned when !isAfterLastPlanned => $"stands before {lastPlanned!.Id}",
            _ => null,
        };
    }

    /// <summary>The same without what is said of migrations that may come late.</summary>
    public HistoryComparison Admitting(Func<Migration, bool> mayBeLate)
    {
        var admitted = Late.Where(late => mayBeLate(late.Migration)).ToList();
        return admitted.Count == 0 ? this : new HistoryComparison(
            Pending, [.. Findings.Where(finding => finding.Rule != LateRule || !admitted.Exists(late => late.Migration.Up.At == finding.At))], Edited, Missing, [.. Late.Except(admitted)]) { Held = Held };
    }

    /// <summary>The same with migrations that wait.</summary>
    public HistoryComparison Holding(IReadOnlyList<HeldMigration> held)
    {
        var ids = held.Select(one => one.Migration.Id).ToHashSet(StringComparer.Ordinal);
        return new HistoryComparison([.. Pending.Where(migration => !ids.Contains(migration.Id))], Findings, Edited, Missing, Late) { Held = held };
    }

    /// <summary>The same with only those pending that a run which died had begun.</summary>
    public HistoryComparison OnlyBegun(IEnumerable<InterruptedMigration> interrupted)
    {
        var ids = interrupted.Where(one => !one.IsUndo).Select(one => one.Id).ToHashSet(StringComparer.Ordinal);
        var begun = Pending.Where(migration => ids.Contains(migration.Id)).ToList();
        return new HistoryComparison(begun, Findings, Edited, Missing, Late) { Held = Held, NotBegun = Pending.Count - begun.Count };
    }

    /// <summary>The findings that stop a run, as one error; null when there are none.</summary>
    public LockkeeperException? Refusal()
    {
        var errors = Findings.Where(finding => finding.Severity == Severity.Error)
            .Select(finding => new LockkeeperException(Code(finding.Rule), finding.Message, finding.Hint, finding.At)).ToList();
        return errors.Count == 0 ? null : new LockkeeperException(errors[0].Code, errors[0].Message, errors[0].Hint, errors[0].At) { Others = [.. errors.Skip(1)] };
    }

    private static bool Runs(Migration migration, MigrationVersion? start, MigrationVersion? baselined, bool empty) => migration.Kind switch
    {
        MigrationKind.Repeatable or MigrationKind.Planned => true,
        MigrationKind.Baseline => empty && migration.Version!.Equals(start),
        _ => (start is null || migration.Version!.CompareTo(start) > 0) && (baselined is null || migration.Version!.CompareTo(baselined) > 0),
    };

    /// <summary>The applied migrations that stand after one in the series. A repeatable one whose file changed runs again after it, as in a fresh target.</summary>
    private static List<HistoryRow> NewerThan(Migration late, MigrationSeries series, Dictionary<MigrationKey, HistoryRow> byKey) =>
    [
        .. from migration in series.Migrations.SkipWhile(migration => !ReferenceEquals(migration, late)).Skip(1)
           let row = byKey.GetValueOrDefault(migration.Key)
           where row is not null && (migration.Kind != MigrationKind.Repeatable || (!migration.RunAlways && row.Sha256 == migration.Up.Sha256))
           // A row that was taken over without a file has no hash: the file of now stands for it.
           select row.Sha256.Length > 0 ? row : row with { Sha256 = migration.Up.Sha256 },
    ];

    private static Finding Finding(LateMigration late, string newer, OutOfOrderPolicy policy, IOrderProofs proofs)
    {
        var migration = late.Migration;
        var isProven = migration.OutOfOrder is null && policy == OutOfOrderPolicy.Proven && proofs.Commutes(migration, late.Newer);
        var isAllowed = isProven || (migration.OutOfOrder ?? policy == OutOfOrderPolicy.Allow);
        var (message, instead) = ($"{Where(migration)} {newer}, which is applied", migration.Kind == MigrationKind.Planned ? "move it to the end" : "give it a version after the newest one");
        if (isProven)
            return new Finding(LateRule, Severity.Warning, $"{message}; it is proven to make the same in either order", migration.Up.At);
        return new Finding(LateRule, isAllowed ? Severity.Warning : Severity.Error, message, migration.Up.At, policy == OutOfOrderPolicy.Proven
            ? $"Run 'lk migrate prove' for this environment (--env): it tries both orders on a shadow and records when they make the same. Or {instead}."
            : $"{char.ToUpperInvariant(instead[0])}{instead[1..]}, or set out_of_order: allow, or proven, for the database.");
    }

    /// <summary>A file may hold many planned migrations: then the file alone does not say which.</summary>
    private static string Where(Migration migration) => migration.Kind == MigrationKind.Planned ? $"{migration.Id} in {migration.Up.File}" : migration.Up.File;

    private static Finding Edit(Migration migration, HistoryRow row) => new(
        "edited", Severity.Error, $"{Where(migration)} was changed after it was applied on {row.At:yyyy-MM-dd} by {row.By}", migration.Up.At,
        "Put the file back and write a new migration; 'lk migrate repair' accepts an edit that changes nothing, such as a comment.");

    private static Finding Gone(HistoryRow row) => new(
        "missing", Severity.Error, $"{(row.Kind == MigrationKind.Planned ? $"{row.Id} in {row.File}" : row.File)} was applied on {row.At:yyyy-MM-dd} by {row.By} and is not in the folder", null,
        "Put the file back, or run 'lk migrate repair' when it is gone for good.");

    private static ErrorCode Code(string rule) => rule switch
    {
        "edited" => MigrateErrors.EditedMigration,
        "missing" => MigrateErrors.MissingMigration,
        _ => MigrateErrors.OutOfOrder,
    };
}
