using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Migrate.Expand;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Expand;

/// <summary>Makes the views by which two versions of an application see one table in two forms, and the files of a table that gets another name by such a view.</summary>
/// <param name="connection">The shadow.</param>
/// <param name="reader">Reads its catalog.</param>
/// <param name="checks">What has to hold.</param>
internal sealed class ViewPlanner(NpgsqlConnection connection, TableReader reader, ExpandChecks checks)
{
    private bool HasInvoker => connection.PostgreSqlVersion.Major >= TableView.FirstWithInvoker;

    /// <summary>The view of a table as it will be after the contract, in a schema of a version; null when none is wanted.</summary>
    /// <param name="table">The table.</param>
    /// <param name="schema">The schema; null when none is wanted.</param>
    /// <param name="gone">Columns that the version does not see.</param>
    /// <param name="made">The new columns, with their names after the contract.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<TableView?> VersionAsync(TableFacts table, string? schema, IReadOnlyList<string> gone, IReadOnlyList<(ColumnFacts Column, string Name)> made, CancellationToken cancel)
    {
        if (schema is null)
            return null;
        ExpandChecks.RequireName(schema, "a schema");
        if (schema == table.Schema || schema.StartsWith("pg_", StringComparison.Ordinal))
            throw ExpandChecks.Refused($"the views of a version cannot be in {schema}", "Give a schema of their own, such as v2.");
        RequirePolicies(table);
        var grants = await GrantsAsync(table, cancel);
        var view = new TableView(
            SqlName.Of(schema, table.Name), table.Written, [.. table.Columns.Except(gone).Select(column => (column, column)), .. made.Select(one => (one.Column.Name, one.Name))],
            [.. grants, .. made.SelectMany(one => one.Column.Grants.Select(grant => (grant, (string?)one.Column.Name)))], HasInvoker) { Schema = schema };
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        foreach (var statement in (view with { Columns = [.. view.Columns.Where(column => table.Columns.Contains(column.Column))] }).Create.Take(2))
            await checks.TryAsync(statement, cancel);
        await transaction.RollbackAsync(cancel);
        return view;
    }

    /// <summary>A table that gets another name, or goes to another schema: there is one set of rows, and a view keeps the old name until the contract.</summary>
    public async Task<PhasePlan> RenameAsync(TableFacts table, ExpandIntent intent, CancellationToken cancel)
    {
        RequirePolicies(table);
        var (schema, name) = intent.To!.Split('.', 2) is [var first, var second] ? (first, second) : (null, intent.To);
        ExpandChecks.RequireName(name, "a table");
        string[] there =
        [
            .. schema is null || schema == table.Schema ? Array.Empty<string>() : [$"ALTER TABLE {table.Written} SET SCHEMA {SqlName.Of(schema)}"],
            .. name == table.Name ? Array.Empty<string>() : [$"ALTER TABLE {(schema is null ? table.Written : SqlName.Of(schema, table.Name))} RENAME TO {SqlName.Of(name)}"],
        ];
        if (there.Length == 0)
            throw ExpandChecks.Refused($"{table.Written} is called so already", "Give another name.");
        var to = schema is null ? table.Beside(name) : SqlName.Of(schema, name);
        string[] back =
        [
            .. name == table.Name ? Array.Empty<string>() : [$"ALTER TABLE {to} RENAME TO {SqlName.Of(table.Name)}"],
            .. schema is null || schema == table.Schema ? Array.Empty<string>() : [$"ALTER TABLE {SqlName.Of(schema, table.Name)} SET SCHEMA {SqlName.Of(table.Schema)}"],
        ];
        var view = new TableView(table.Written, to, [.. table.Columns.Select(column => (column, column))], await GrantsAsync(table, cancel), HasInvoker);
        await using (var transaction = await connection.BeginTransactionAsync(cancel))
        {
            foreach (var statement in there.Concat(view.Create.Take(1)))
                await checks.TryAsync(statement, cancel);
            await transaction.RollbackAsync(cancel);
        }

        var (words, slug) = ($"{table.Written} becomes {to}", ExpandChecks.Slug($"{table.Name}_to_{intent.To}"));
        return new PhasePlan(
            [
                new($"expand_{slug}",
                    ColumnScript.File(["lk: allow-file renaming-table: the view keeps the old name alive", $"Phase 1 of 2, expand: {words}.", "Old and new applications may read and write from here on: there is one table, and a view with its old name."], [.. there, .. view.Create]),
                    ColumnScript.File([$"Takes back: {words}."], [.. view.Drop, .. back])),
                new($"contract_{slug}",
                    ColumnScript.File([$"lk: contract of {SqlName.Of(table.Schema, table.Name)}.*", "lk: allow-file ban-drop-view: the gate holds this file until nothing uses the old name", $"Phase 2 of 2, contract: {words}.", "From here on there is only the new name."], view.Drop),
                    ColumnScript.File(["Makes the view with the old name again."], view.Create)),
            ],
            [
                $"over the view, TRUNCATE, COPY … FROM and ON CONFLICT ON CONSTRAINT do not work: an old application that needs one of them for {table.Written} cannot go on",
                .. (await reader.FunctionsAsync(table, table.Name, cancel)).Select(function => $"{function} names {table.Name}: put the new name into it before the contract"),
            ]);
    }

    private void RequirePolicies(TableFacts table)
    {
        if (table.HasRowSecurity && !HasInvoker)
            throw ExpandChecks.Refused($"policies say who sees which rows of {table.Written}, and views of PostgreSQL before {TableView.FirstWithInvoker} go past them", "Upgrade the server first, or write the phases by hand.");
    }

    private async Task<IReadOnlyList<(ColumnGrant Grant, string? Column)>> GrantsAsync(TableFacts table, CancellationToken cancel) =>
        [.. table.Grants.Select(grant => (grant, (string?)null)), .. (await reader.ColumnGrantsAsync(table, cancel)).Select(one => (one.Grant, (string?)one.Column))];
}
