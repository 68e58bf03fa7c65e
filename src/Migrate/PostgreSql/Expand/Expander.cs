using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Expand;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Expand;

/// <summary>
/// Makes the files of the phases from a declared intent. It asks a shadow server instead of rewriting names in texts: the change is made there
/// the short way in a transaction that is rolled back, and what the server then says of indexes and constraints is what the new column needs.
/// </summary>
internal sealed class Expander
{
    private readonly NpgsqlConnection connection;
    private readonly TableReader reader;
    private readonly ExpandChecks checks;
    private readonly ViewPlanner views;

    /// <summary>Prepares to make them.</summary>
    /// <param name="connection">The shadow, with the schema after the last migration.</param>
    public Expander(NpgsqlConnection connection)
    {
        this.connection = connection;
        reader = new TableReader(connection);
        checks = new ExpandChecks(connection, reader);
        views = new ViewPlanner(connection, reader, checks);
    }

    /// <summary>Makes them.</summary>
    /// <exception cref="LockkeeperException">It cannot be done, and why.</exception>
    public async Task<PhasePlan> PlanAsync(ExpandIntent intent, CancellationToken cancel)
    {
        var table = await reader.ReadAsync(intent.Table, cancel);
        return intent.Kind switch
        {
            ExpandKind.RenameColumn => await RemadeAsync(table, intent, intent.To!, null, cancel),
            ExpandKind.ChangeType => await RemadeAsync(table, intent, intent.To ?? table.Columns.Aggregate($"{intent.Columns[0]}_new", (name, _) => table.Columns.Contains(name) ? name + "_new" : name), intent.Type, cancel),
            ExpandKind.SplitColumn => await SplitAsync(table, intent, cancel),
            ExpandKind.SetNotNull => await NotNullAsync(table, intent, cancel),
            ExpandKind.AddUnique => await UniqueAsync(table, intent, cancel),
            ExpandKind.MoveColumns => await new MovePlanner(connection, reader, checks, views).PlanAsync(table, intent, cancel),
            ExpandKind.RenameTable => await views.RenameAsync(table, intent, cancel),
            _ => throw new LockkeeperException(MigrateErrors.NotSupported, $"expand does not know {intent.Kind}", "Write its phases by hand."),
        };
    }

    /// <summary>A column that is made anew under another name, with another type or the same.</summary>
    private async Task<PhasePlan> RemadeAsync(TableFacts table, ExpandIntent intent, string to, string? type, CancellationToken cancel)
    {
        var old = await reader.ColumnAsync(table, intent.Columns[0], cancel);
        await checks.RequireNoObstaclesAsync(table, old.Name, cancel);
        ExpandChecks.RequireFree(table, to);
        foreach (var written in new[] { intent.Using, intent.Back }.OfType<string>())
            SqlExpression.OverRow(written, [.. table.Columns, to]);
        var before = await reader.DependentsAsync(table, old.Name, cancel);
        var functions = await reader.FunctionsAsync(table, old.Name, cancel);
        var (name, value) = (SqlName.Of(old.Name), intent.Using ?? (type is null ? SqlName.Of(old.Name) : $"{SqlName.Of(old.Name)}::{type}"));
        string? sequenceType = old.Sequence is null ? null : await TextAsync("/* lk:migrate.expand_sequence */ SELECT seqtypid::regtype::text FROM pg_sequence WHERE seqrelid = $1::regclass", cancel, old.Sequence);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (type is not null)
            await checks.TryAsync($"ALTER TABLE {table.Written} ALTER COLUMN {name} TYPE {type} USING {value}", cancel);
        await checks.TryAsync($"ALTER TABLE {table.Written} RENAME COLUMN {name} TO {SqlName.Of(to)}", cancel);
        var made = await reader.ColumnAsync(table, to, cancel);
        var after = await reader.DependentsAsync(table, to, cancel);
        await transaction.RollbackAsync(cancel);

        if (type is not null)
            await RequireSameEverywhereAsync(intent, old, made, cancel);
        var back = intent.Back ?? (type is null ? SqlName.Of(to) : $"{SqlName.Of(to)}::{old.Type}");
        if (type is not null)
            await checks.TryAsync($"SELECT ({back})::{old.Type} FROM (SELECT NULL::{made.Type} AS {SqlName.Of(to)}) AS made LIMIT 0", cancel);
        // A foreign key that points at the column needs its index: the kinds are in the order in which they are made.
        var pairs = before.Zip(after, (one, other) => new DependentPair(one, other, table.Free(ExpandChecks.NameFor(one.Name, old.Name, to)))).OrderBy(pair => pair.Old.Kind).ToList();
        var shown = $"{table.Written}.{name}";
        var change = new ColumnChange
        {
            Table = table, Old = old, News = [made], Values = [type is null || intent.Using is not null ? value : $"{name}::{made.Type}"], Back = back, Pairs = pairs, KeepsName = type is not null,
            View = await views.VersionAsync(table, intent.Views, [old.Name], [(made, type is null ? to : old.Name)], cancel),
            SequenceType = sequenceType is not null && type is not null && made.Type is "bigint" or "integer" or "smallint" && sequenceType != made.Type ? (sequenceType!, made.Type) : null,
            Words = type is null ? $"{shown} becomes {table.Written}.{SqlName.Of(to)}" : $"{shown} becomes {made.Type}, as {SqlName.Of(to)} until the contract",
            Slug = ExpandChecks.Slug(type is null ? $"{table.Name}_{old.Name}_to_{to}" : $"{table.Name}_{old.Name}_type"),
        };
        return new PhasePlan(new ColumnPhases(change, ExpandChecks.RequireKey(table)).Files, 
        [
            .. change is { View: not null, KeepsName: true } ? [$"both applications name {old.Name} of {table.Name}, so that 'unused_for' of a contract does not tell them apart: let a flag or no_application say when the old one is gone"] : Array.Empty<string>(),
            .. functions.Select(function => $"{function} names {table.Name} and {old.Name}: put the new form into it before the contract"),
        ]);
    }

    /// <summary>A column that becomes several.</summary>
    private async Task<PhasePlan> SplitAsync(TableFacts table, ExpandIntent intent, CancellationToken cancel)
    {
        var old = await reader.ColumnAsync(table, intent.Columns[0], cancel);
        await checks.RequireNoObstaclesAsync(table, old.Name, cancel);
        var lost = await reader.DependentsAsync(table, old.Name, cancel);
        if (old.Sequence is not null || lost.Any(made => made.Kind is DependentKind.Primary or DependentKind.Inbound))
            throw new LockkeeperException(MigrateErrors.NotExpandable, $"{old.Name} of {table.Written} is a key that others point at, or has a sequence, and cannot be split", "Make a new key first.");
        var all = table.Columns.Concat(intent.Into.Select(into => into.Name)).ToList();
        foreach (var into in intent.Into)
        {
            ExpandChecks.RequireFree(table, into.Name);
            SqlExpression.OverRow(into.Value, table.Columns.ToList());
        }

        SqlExpression.OverRow(intent.Back!, all);
        var functions = await reader.FunctionsAsync(table, old.Name, cancel);
        var news = new List<ColumnFacts>();
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        foreach (var into in intent.Into)
        {
            await checks.TryAsync($"SELECT ({into.Value})::{into.Type} FROM {table.Written} LIMIT 0", cancel);
            await checks.TryAsync($"ALTER TABLE {table.Written} ADD COLUMN {SqlName.Of(into.Name)} {into.Type}", cancel);
            news.Add(await reader.ColumnAsync(table, into.Name, cancel));
        }

        await checks.TryAsync($"SELECT ({intent.Back})::{old.Type} FROM {table.Written} LIMIT 0", cancel);
        await transaction.RollbackAsync(cancel);
        var names = string.Join(" and ", news.Select(column => SqlName.Of(column.Name)));
        var change = new ColumnChange
        {
            Table = table, Old = old, News = news, Values = [.. intent.Into.Select(into => into.Value)], Back = intent.Back!, Pairs = [], Lost = lost, View = await views.VersionAsync(table, intent.Views, [old.Name], [.. news.Select(column => (column, column.Name))], cancel),
            Words = $"{table.Written}.{SqlName.Of(old.Name)} becomes {names}", Slug = ExpandChecks.Slug($"{table.Name}_{old.Name}_split"),
        };
        return new PhasePlan(new ColumnPhases(change, ExpandChecks.RequireKey(table)).Files,
        [
            .. lost.Select(made => $"{made.Name} goes with {old.Name}: make what the new columns need in a migration of its own before the contract"),
            .. functions.Select(function => $"{function} names {table.Name} and {old.Name}: put the new form into it before the contract"),
        ]);
    }

    private async Task<PhasePlan> NotNullAsync(TableFacts table, ExpandIntent intent, CancellationToken cancel)
    {
        var column = await reader.ColumnAsync(table, intent.Columns[0], cancel);
        if (column.NotNull)
            throw new LockkeeperException(MigrateErrors.NotExpandable, $"{column.Name} of {table.Written} takes no NULL already", "There is nothing to do.");
        if (intent.Using is { } value)
            await checks.TryAsync($"SELECT ({value})::{column.Type} FROM {table.Written} LIMIT 0", cancel);
        return new PhasePlan(
            new ConstraintPhases(table).NotNull(column, intent.Using, intent.Using is null ? null : ExpandChecks.RequireKey(table)),
            intent.Using is null ? [$"an application that writes NULL into {column.Name} fails from the expand on; --using gives the value that stands in its place"] : []);
    }

    private async Task<PhasePlan> UniqueAsync(TableFacts table, ExpandIntent intent, CancellationToken cancel)
    {
        foreach (var column in intent.Columns)
            await reader.ColumnAsync(table, column, cancel);
        return new PhasePlan(new ConstraintPhases(table).Unique(intent.Columns), []);
    }

    /// <summary>A cast that asks the session's settings, such as that of timestamp to timestamptz its time zone, would give each application another value.</summary>
    private async Task RequireSameEverywhereAsync(ExpandIntent intent, ColumnFacts old, ColumnFacts made, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            """
            /* lk:migrate.expand_cast */
            SELECT EXISTS (SELECT FROM pg_cast c JOIN pg_proc p ON p.oid = c.castfunc WHERE p.provolatile <> 'i'
                AND ((NOT $3 AND c.castsource = o.atttypid AND c.casttarget = n.type) OR (NOT $4 AND c.castsource = n.type AND c.casttarget = o.atttypid)))
            FROM (SELECT $2::regtype::oid AS type) n, (SELECT $1::regtype::oid AS atttypid) o
            """, connection)
        {
            Parameters =
            {
                new NpgsqlParameter { Value = old.Type }, new NpgsqlParameter { Value = made.Type }, new NpgsqlParameter { Value = intent.Using is not null }, new NpgsqlParameter { Value = intent.Back is not null },
            },
        };
        if (await command.ExecuteScalarAsync(cancel) is true)
        {
            throw ExpandChecks.Refused(
                $"the cast between {old.Type} and {made.Type} depends on the settings of the session, such as TimeZone, and old and new applications may have others",
                $"Say what is meant with --using and --back, for example --using \"{SqlName.Of(old.Name)} AT TIME ZONE 'UTC'\" --back \"{SqlName.Of(made.Name)} AT TIME ZONE 'UTC'\".");
        }
    }

    private async Task<string?> TextAsync(string sql, CancellationToken cancel, string value)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new NpgsqlParameter { Value = value } } };
        return await command.ExecuteScalarAsync(cancel) as string;
    }
}
