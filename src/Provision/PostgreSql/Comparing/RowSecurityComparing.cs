using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Provision.Differences;
using Lockkeeper.Provision.PostgreSql.Reading;
using Npgsql;

namespace Lockkeeper.Provision.PostgreSql.Comparing;

/// <summary>Row security: whether it holds, for whom, and by which policies. Expressions are compared as the server writes them.</summary>
internal sealed class RowSecurityComparing(ClusterDatabaseConfig wanted, LiveContent now, Func<CancellationToken, Task<NpgsqlConnection>>? open)
{
    private readonly List<string> notThere = [];

    /// <summary>Tables that are declared and are not there, in words.</summary>
    public IReadOnlyList<string> NotThere => notThere;

    public async Task<IReadOnlyList<Difference>> CompareAsync(CancellationToken cancel)
    {
        var differences = new List<Difference>();
        foreach (var (table, security) in wanted.RowSecurity)
        {
            if (!now.Objects.Any(one => one.Kind == GrantObject.Tables && one.Column is null && $"{one.Schema}.{one.Name}" == table))
            {
                notThere.Add($"{now.Database}: table {table} is not there, so it has no row security ({security.At})");
                continue;
            }

            var has = now.RowSecurity.GetValueOrDefault(table) ?? new LiveRowSecurity("", Enabled: false, Forced: false, new Dictionary<string, LivePolicy>());
            var sql = SqlText.Qualified(table[..table.IndexOf('.', StringComparison.Ordinal)], table[(table.IndexOf('.', StringComparison.Ordinal) + 1)..]);
            Flag(has.Enabled, security.Value.Enabled, "row security", "ENABLE", "DISABLE");
            Flag(has.Forced, security.Value.Forced, "row security of the owner", "FORCE", "NO FORCE");
            await PoliciesAsync(differences, table, sql, security, has, cancel);

            void Flag(bool is_, bool should, string what, string on, string off)
            {
                if (is_ != should)
                    differences.Add(Of(table, $"{what} {(is_ ? "on" : "off")} → {(should ? "on" : "off")}", security.At, $"ALTER TABLE {sql} {(should ? on : off)} ROW LEVEL SECURITY") with
                    {
                        Losses = should ? [] : [$"{what} of {table}: rows that policies hide are seen"],
                    });
            }
        }

        return differences;
    }

    private async Task PoliciesAsync(List<Difference> differences, string table, string sql, Placed<RowSecurityConfig> security, LiveRowSecurity has, CancellationToken cancel)
    {
        if (security.Value.Policies.Count > 0)
        {
            await using var connection = open is null ? null : await open(cancel);
            foreach (var (name, policy) in security.Value.Policies)
            {
                var should = new LivePolicy(policy.Value.Command, policy.Value.Restrictive, [.. policy.Value.To.Order(StringComparer.Ordinal)], policy.Value.Using, policy.Value.Check);
                if (connection is not null)
                    should = await AsServerWritesAsync(connection, table, sql, should, policy, cancel);
                var create = Create(name, sql, policy.Value);
                if (!has.Policies.TryGetValue(name, out var live))
                    differences.Add(Of(table, $"policy {name}, new", policy.At, create));
                else if (Words(live, should) is { Length: > 0 } words)
                    differences.Add(Of(table, $"policy {name}: {words}", policy.At, $"DROP POLICY {SqlText.Identifier(name)} ON {sql}", create));
            }
        }

        foreach (var extra in has.Policies.Keys.Where(name => !security.Value.Policies.ContainsKey(name)))
        {
            differences.Add(Of(table, $"policy {extra}, dropped (not declared)", null, $"DROP POLICY {SqlText.Identifier(extra)} ON {sql}") with
            {
                Losses = [$"policy {extra} of {table}"],
            });
        }
    }

    private Difference Of(string table, string change, SourcePosition? at, params IReadOnlyList<string> statements) => new()
    {
        Phase = Phase.RowSecurity,
        Object = $"{now.Database}: table {table}",
        Change = change,
        Cost = Cost.Lock,
        At = at,
        Remedy = new Remedy(now.Database, statements),
    };

    private static string Words(LivePolicy live, LivePolicy should)
    {
        var words = new List<string>();
        if (live.Command != should.Command)
            words.Add($"command {live.Command} → {should.Command}");
        if (live.Restrictive != should.Restrictive)
            words.Add(should.Restrictive ? "permissive → restrictive" : "restrictive → permissive");
        if (!live.Roles.Order(StringComparer.Ordinal).SequenceEqual(should.Roles, StringComparer.Ordinal))
            words.Add($"for {string.Join(", ", live.Roles)} → {string.Join(", ", should.Roles)}");
        if (live.Using != should.Using)
            words.Add($"using {live.Using ?? "nothing"} → {should.Using ?? "nothing"}");
        if (live.Check != should.Check)
            words.Add($"check {live.Check ?? "nothing"} → {should.Check ?? "nothing"}");
        return string.Join(", ", words);
    }

    private static string Create(string name, string table, RowPolicyConfig policy) =>
        $"CREATE POLICY {SqlText.Identifier(name)} ON {table} AS {(policy.Restrictive ? "RESTRICTIVE" : "PERMISSIVE")} FOR {policy.Command} TO {string.Join(", ", policy.To.Select(role => role == "public" ? "PUBLIC" : SqlText.Identifier(role)))}"
        + (policy.Using is { } seen ? $" USING ({seen})" : "") + (policy.Check is { } written ? $" WITH CHECK ({written})" : "");

    /// <summary>
    /// The expressions as the server would write them: the policy is made on an empty temporary table of the same name and columns, read back, and rolled
    /// back. On the table itself that would take an ACCESS EXCLUSIVE lock for a mere look.
    /// </summary>
    private static async Task<LivePolicy> AsServerWritesAsync(NpgsqlConnection connection, string table, string sql, LivePolicy policy, Placed<RowPolicyConfig> declared, CancellationToken cancel)
    {
        var copy = "pg_temp." + SqlText.Identifier(table[(table.IndexOf('.', StringComparison.Ordinal) + 1)..]);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        try
        {
            await RunAsync(connection, $"/* lk:provision.policy_table */ CREATE TEMPORARY TABLE {SqlText.Identifier(table[(table.IndexOf('.', StringComparison.Ordinal) + 1)..])} (LIKE {sql})", cancel);
            await RunAsync(connection, "/* lk:provision.policy_try */ " + Create("tried", copy, declared.Value with { To = ["public"] }), cancel);
            await using var read = new NpgsqlCommand("/* lk:provision.policy_read */ SELECT pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid) FROM pg_policy WHERE polname = 'tried' AND polrelid = to_regclass($1)", connection)
            {
                Parameters = { new NpgsqlParameter { Value = copy } },
            };
            await using var row = await read.ExecuteReaderAsync(cancel);
            return await row.ReadAsync(cancel) ? policy with { Using = row.IsDBNull(0) ? null : row.GetString(0), Check = row.IsDBNull(1) ? null : row.GetString(1) } : policy;
        }
        catch (PostgresException e) when (e.SqlState.StartsWith("42", StringComparison.Ordinal) || e.SqlState == "0A000")
        {
            throw new LockkeeperException(ProvisionErrors.BadExpression, $"the policy on {table} is not one that the server takes: {e.MessageText}", "Its expressions see the columns of the table, and nothing else by a bare name.", declared.At, e);
        }
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
