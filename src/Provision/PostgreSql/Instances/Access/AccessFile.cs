using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Provision.PostgreSql.Instances.Access;

/// <summary>A line of pg_hba.conf with where it comes from.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="At">Where it is declared; null for one of ours.</param>
internal sealed record AccessLine(AccessRuleConfig Rule, SourcePosition? At);

/// <summary>The access rules of an instance: what is declared, with what its host and its administrator need.</summary>
/// <param name="Lines">The rules, in order.</param>
internal sealed record AccessFile(IReadOnlyList<AccessLine> Lines)
{
    private static readonly string[] DatabaseWords = ["all", "sameuser", "samerole", "samegroup", "replication"];

    private static readonly AccessRuleConfig[] Loopback = [new() { Type = "host", Address = "127.0.0.1/32" }, new() { Type = "host", Address = "::1/128" }];

    /// <summary>The rules of a declaration.</summary>
    /// <param name="cluster">The declaration.</param>
    /// <param name="admin">The administrator's connection.</param>
    public static AccessFile Of(ClusterConfig cluster, AdminAccess admin)
    {
        // The operating system's user of the server may always come in by its socket: maintenance on the host, and whoever is locked out elsewhere.
        List<AccessLine> lines = [Ours(new AccessRuleConfig { Type = "local", Users = [admin.User], Method = admin.User == cluster.Instance!.Value.User ? "peer" : "scram-sha-256" })];
        if (cluster.Access is { } declared)
            lines.AddRange(declared.Select(rule => new AccessLine(rule.Value, rule.At)));
        else
            lines.AddRange([Ours(new AccessRuleConfig { Type = "local" }), .. Loopback.Select(Ours)]);
        // From elsewhere nothing is opened that nobody has declared.
        if (admin.IsLoopback && AccessMatch.First(lines, admin, admin.Database) is null)
            lines.AddRange(Loopback.Select(rule => Ours(rule with { Users = [admin.User] })));
        return new AccessFile(lines);
    }

    /// <summary>The file.</summary>
    /// <param name="heading">Its first lines.</param>
    public string Text(string heading) => heading + "# TYPE  DATABASE  USER  ADDRESS  METHOD\n" + string.Concat(Lines.Select(line => Text(line.Rule) + "\n"));

    /// <summary>The rule at a line of the text, counted from 1.</summary>
    /// <param name="heading">Its first lines.</param>
    /// <param name="line">The line.</param>
    public AccessLine? At(string heading, int line) => Lines.ElementAtOrDefault(line - heading.Count(c => c == '\n') - 2);

    /// <summary>A rule as a line.</summary>
    public static string Text(AccessRuleConfig rule) => string.Join("  ",
        ((string[])[rule.Type, string.Join(',', rule.Databases.Select(Database)), string.Join(',', rule.Users.Select(User)), rule.Address ?? "", rule.Method, .. rule.Options.Select(option => $"{option.Key}={Quoted(option.Value.Value)}")]).Where(word => word.Length > 0));

    private static AccessLine Ours(AccessRuleConfig rule) => new(rule, null);

    private static string Database(string name) => DatabaseWords.Contains(name, StringComparer.Ordinal) ? name : Name(name);

    private static string User(string name) => name == "all" ? name : name.StartsWith('+') ? "+" + Name(name[1..]) : Name(name);

    // In quotes a word of the file's own language is a plain name. A regular expression (PostgreSQL 16) begins with a slash, in quotes too.
    private static string Name(string name) => Quoted(name);

    private static string Quoted(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
