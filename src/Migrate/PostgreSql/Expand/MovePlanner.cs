using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Migrate.Expand;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Expand;

/// <summary>Makes the files for columns that move to a table of their own.</summary>
/// <param name="connection">The shadow.</param>
/// <param name="reader">Reads its catalog.</param>
/// <param name="checks">What has to hold.</param>
/// <param name="views">Makes the view of a version.</param>
internal sealed class MovePlanner(NpgsqlConnection connection, TableReader reader, ExpandChecks checks, ViewPlanner views)
{
    /// <summary>Makes them.</summary>
    /// <exception cref="Kernel.Errors.LockkeeperException">It cannot be done, and why.</exception>
    public async Task<PhasePlan> PlanAsync(TableFacts table, ExpandIntent intent, CancellationToken cancel)
    {
        var key = ExpandChecks.RequireKey(table);
        if (table.HasRowSecurity)
            throw ExpandChecks.Refused($"policies say who sees which rows of {table.Written}, and they would not hold for the new table", "Write the phases by hand, with policies for the new table.");
        var (columns, before, functions) = (new List<ColumnFacts>(), new List<Dependent>(), new List<string>());
        foreach (var name in intent.Columns)
        {
            columns.Add(await MovableAsync(table, name, cancel));
            before.AddRange((await reader.DependentsAsync(table, name, cancel)).Where(made => !before.Contains(made)));
            functions.AddRange(await reader.FunctionsAsync(table, name, cancel));
        }

        if (before.FirstOrDefault(made => made.Kind == DependentKind.Inbound) is { } inbound)
            throw ExpandChecks.Refused($"the foreign key {inbound.Name} of {inbound.Written} points at what would move", "Drop it in a migration before; it can point at the new table after the expand.");
        var parts = new List<ColumnFacts>();
        foreach (var part in key)
            parts.Add(await reader.ColumnAsync(table, part, cancel));

        var (to, after) = await MadeAsync(table, intent, cancel);
        var pairs = before.Select(old => (Old: old, New: after.FirstOrDefault(made => made.Name == old.Name && made.Kind == old.Kind))).Where(pair => pair.New is not null)
            // What a foreign key of the table to itself points at stays with the old table.
            .Select(pair => new DependentPair(pair.Old, pair.Old.Kind == DependentKind.Foreign ? pair.New! with { Definition = pair.Old.Definition } : pair.New!, to.Free(ExpandChecks.NameFor(pair.Old.Name, table.Name, to.Name))))
            .OrderBy(pair => pair.Old.Kind).ToList();
        var move = new TableMove
        {
            From = table, To = to, Key = parts, Columns = columns, Pairs = pairs, Lost = [.. before.Where(old => pairs.All(pair => pair.Old != old))],
            View = await views.VersionAsync(table, intent.Views, intent.Columns, [], cancel),
            KeyName = to.Free($"{to.Name}_pkey"), TieName = to.Free($"{to.Name}_{string.Join('_', key)}_fkey"),
        };
        return new PhasePlan(new MovePhases(move).Files,
        [
            $"the new application has to take for NULL what has no row in {to.Written}: a row is there where one of the columns has a value",
            .. columns.Where(column => column.NotNull).Select(column => $"{column.Name} of {table.Written} takes NULL until the contract: the new application writes it in a statement of its own"),
            .. move.Lost.Select(made => $"{made.Name} is over columns that stay too and goes with those that move: make what is needed in a migration of its own before the contract"),
            .. functions.Distinct().Select(function => $"{function} names {table.Name} and columns that move: put the new form into it before the contract"),
        ]);
    }

    private async Task<ColumnFacts> MovableAsync(TableFacts table, string name, CancellationToken cancel)
    {
        var column = await reader.ColumnAsync(table, name, cancel);
        await checks.RequireNoObstaclesAsync(table, name, cancel);
        if (table.Key.Contains(name))
            throw ExpandChecks.Refused($"{name} is of the primary key of {table.Written}, which stays where it is", "Name the other columns: the new table gets the same key.");
        if (column.Sequence is not null || column.Identity is not null || column.HasVolatileDefault)
            throw ExpandChecks.Refused($"{name} of {table.Written} gets another value for each row by itself, and both tables would make one", "Drop the default in a migration before, or write the phases by hand.");
        return column;
    }

    /// <summary>What the server says of the old table under the new name, without the columns that stay; it is taken back.</summary>
    private async Task<(TableFacts To, IReadOnlyList<Dependent> Made)> MadeAsync(TableFacts table, ExpandIntent intent, CancellationToken cancel)
    {
        var (schema, name) = intent.To!.Split('.', 2) is [var first, var second] ? (first, second) : (null, intent.To);
        ExpandChecks.RequireName(name, "a table");
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var written = schema is null ? table.Beside(name) : SqlName.Of(schema, name);
        if (schema is not null && schema != table.Schema)
            await checks.TryAsync($"ALTER TABLE {table.Written} SET SCHEMA {SqlName.Of(schema)}", cancel);
        if (name != table.Name)
            await checks.TryAsync($"ALTER TABLE {(schema is null ? table.Written : SqlName.Of(schema, table.Name))} RENAME TO {SqlName.Of(name)}", cancel);
        else if (schema is null || schema == table.Schema)
            throw ExpandChecks.Refused($"the columns are in {name} already", "Give the new table a name of its own.");
        var to = await reader.ReadAsync(schema is null && written == SqlName.Of(name) ? name : $"{schema ?? table.Schema}.{name}", cancel);
        foreach (var other in table.Columns.Except(intent.Columns).Except(table.Key))
            await checks.TryAsync($"ALTER TABLE {to.Written} DROP COLUMN {SqlName.Of(other)} CASCADE", cancel);
        var made = new List<Dependent>();
        foreach (var column in intent.Columns)
            made.AddRange((await reader.DependentsAsync(to, column, cancel)).Where(one => !made.Contains(one)));
        await transaction.RollbackAsync(cancel);
        return (to, made);
    }
}
