using System.Text;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Provision;

/// <summary>Random declarations, one after the other on the same cluster: each is reached in one apply, and a plan after it is empty.</summary>
public sealed class ConvergenceProperties
{
    private const int Declarations = 20;

    private static readonly string[] Roles = ["a", "b", "c", "d", "Role E", "f"];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task a_plan_after_apply_is_empty_for_declarations_made_at_random(bool newer)
    {
        await using var project = await ClusterProject.CreateAsync(binariesFolder: newer ? LabCluster.Binaries : null);
        await project.SqlAsync("postgres", "CREATE DATABASE shop TEMPLATE template0");
        await project.SqlAsync("shop", "CREATE SCHEMA s1; CREATE SCHEMA s2; CREATE TABLE s1.t1 (a int, b int, who text); CREATE TABLE s1.t2 (a int, b int); CREATE VIEW s2.v AS SELECT 1 AS a, 2 AS b; CREATE SEQUENCE s1.q; CREATE FUNCTION s2.f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'");
        var seed = Environment.TickCount;
        for (var i = 0; i < Declarations; i++)
        {
            var yaml = Make(new Random(seed + i));
            project.Declare(yaml);
            var (_, left) = await project.ConvergeAsync();
            left.Select(one => one.Words).ShouldBeEmpty($"seed {seed + i}\n{yaml}");
        }
    }

    private static string Make(Random random)
    {
        var yaml = new StringBuilder("exact: [roles, grants]\nroles:\n");
        var roles = Roles.Where(_ => random.Next(5) > 0).ToList();
        foreach (var (role, index) in roles.Select((role, index) => (role, index)))
        {
            yaml.Append($"  {role}:\n    login: {Flag(random)}\n    createdb: {Flag(random)}\n    inherit: {Flag(random)}\n    bypassrls: {Flag(random)}\n    connection_limit: {random.Next(-1, 9)}\n");
            // Only to later ones, so that there is no circle.
            var above = roles.Skip(index + 1).Where(_ => random.Next(3) == 0).ToList();
            if (above.Count > 0)
                yaml.Append($"    member_of: [{string.Join(", ", above.Select(one => $"{{ role: {one}, admin: {Flag(random)} }}"))}]\n");
            if (random.Next(2) == 0)
                yaml.Append($"    settings: {{ work_mem: {random.Next(1, 4)}MB, search_path: \"{(random.Next(2) == 0 ? "s1, s2" : "\\\"$user\\\", public")}\" }}\n");
            if (random.Next(3) == 0)
                yaml.Append($"    settings_in: {{ shop: {{ statement_timeout: {random.Next(1, 90)}s }} }}\n");
        }

        yaml.Append("databases:\n  shop:\n    settings: { timezone: UTC }\n");
        yaml.Append($"    schemas: {{ s1: {{ owner: {Any(random, roles, "postgres")} }}, s2: , public: }}\n");
        if (random.Next(3) == 0)
            yaml.Append("    extensions: { citext: { schema: s2 } }\n");
        yaml.Append("    grants:\n      - { to: public, kind: database, privileges: [" + (random.Next(2) == 0 ? "connect" : "") + "] }\n");
        for (var i = random.Next(1, 12); i > 0 && roles.Count > 0; i--)
            yaml.Append("      - ").Append(Grant(random, roles)).Append('\n');
        if (roles.Count > 1)
        {
            yaml.Append("    default_privileges:\n");
            for (var i = random.Next(1, 4); i > 0; i--)
                yaml.Append($"      - {{ creator: {roles[0]}, {(random.Next(2) == 0 ? "schema: s1, " : "")}kind: {(random.Next(2) == 0 ? "tables" : "sequences")}, to: {roles[1]}, privileges: [select, update], grantable: {Flag(random)} }}\n");
            yaml.Append($"      - {{ creator: {roles[0]}, kind: functions, to: public, privileges: [{(random.Next(2) == 0 ? "execute" : "")}] }}\n");
        }

        yaml.Append($"    row_security:\n      s1.t1:\n        enabled: {Flag(random)}\n        forced: {Flag(random)}\n");
        if (roles.Count > 0 && random.Next(2) == 0)
            yaml.Append($"        policies: {{ own: {{ to: {roles[^1]}, command: {(random.Next(2) == 0 ? "all" : "update")}, using: \"who = current_user and a > {random.Next(3)}\" }} }}\n");
        return yaml.ToString();
    }

    private static string Grant(Random random, IReadOnlyList<string> roles)
    {
        var to = roles[random.Next(roles.Count)];
        var grantable = $", grantable: {Flag(random)}";
        return random.Next(6) switch
        {
            0 => $"{{ to: {to}, kind: schemas, names: {(random.Next(2) == 0 ? "s1" : "s2")}, privileges: [usage{(random.Next(2) == 0 ? ", create" : "")}]{grantable} }}",
            1 => $"{{ to: {to}, kind: tables, schema: s1, privileges: {(random.Next(2) == 0 ? "all" : "[select, delete]")}{grantable} }}",
            2 => $"{{ to: {to}, kind: tables, schema: s1, names: [t1], columns: [{(random.Next(2) == 0 ? "a" : "a, b")}], privileges: [select, update]{grantable} }}",
            3 => $"{{ to: {to}, kind: sequences, schema: s1, privileges: usage{grantable} }}",
            4 => $"{{ to: {to}, kind: functions, schema: s2, names: \"f(integer)\", privileges: execute{grantable} }}",
            _ => $"{{ to: {to}, kind: tables, schema: s2, names: v, privileges: select{grantable} }}",
        };
    }

    private static string Flag(Random random) => random.Next(2) == 0 ? "true" : "false";

    private static string Any(Random random, IReadOnlyList<string> roles, string otherwise) => roles.Count == 0 ? otherwise : roles[random.Next(roles.Count)];
}
