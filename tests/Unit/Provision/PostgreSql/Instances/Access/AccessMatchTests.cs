using System.Net;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Provision.PostgreSql.Instances.Access;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Provision.PostgreSql.Instances.Access;

/// <summary>Which access rule decides about the administrator's connection, and how rules are written.</summary>
public sealed class AccessMatchTests
{
    [Theory]
    [InlineData("host all all 10.0.0.0/8 scram-sha-256", null)]
    [InlineData("host all all 10.1.2.3/8 md5", null)]
    [InlineData("host all keeper 10.1.2.3/32 trust", null)]
    [InlineData("host sameuser all all scram-sha-256", "no rule lets 'keeper' into the database postgres from 10.1.2.3")]
    [InlineData("host all all 10.2.0.0/16 scram-sha-256", "no rule lets 'keeper' into the database postgres from 10.1.2.3")]
    [InlineData("local all all - scram-sha-256", "no rule lets 'keeper' into the database postgres from 10.1.2.3")]
    [InlineData("hostnossl all all all scram-sha-256", "no rule lets 'keeper' into the database postgres from 10.1.2.3")]
    [InlineData("host all all ::/0 scram-sha-256", "no rule lets 'keeper' into the database postgres from 10.1.2.3")]
    [InlineData("host replication all all scram-sha-256", "no rule lets 'keeper' into the database postgres from 10.1.2.3")]
    [InlineData("host all all all reject|host all all all scram-sha-256", "the first rule that fits 'keeper' in the database postgres is 'host  all  all  all  reject'")]
    [InlineData("host all +admins all reject|host all all all scram-sha-256", "the first rule that fits 'keeper' in the database postgres is 'host  all  +\"admins\"  all  reject'")]
    [InlineData("host all app all reject|host all all all scram-sha-256", null)]
    [InlineData("host all all gate.example.net reject|host all all all scram-sha-256", "the first rule that fits 'keeper' in the database postgres is 'host  all  all  gate.example.net  reject'")]
    [InlineData("host all all gate.example.net scram-sha-256", "no rule lets 'keeper' into the database postgres from 10.1.2.3")]
    [InlineData("host postgres all all md5|hostssl all all all cert", "the first rule that fits 'keeper' in the database shop is 'hostssl  all  all  all  cert'")]
    [InlineData("host postgres all all md5", "no rule lets 'keeper' into the database shop from 10.1.2.3")]
    [InlineData("host all /^kee all scram-sha-256", null)]
    public void the_first_rule_that_fits_decides_in_every_database(string rules, string? expected) =>
        AccessMatch.LockOut(Lines(rules), new AdminAccess("keeper", "postgres", Encrypted: true, IPAddress.Parse("10.1.2.3")), ["postgres", "shop"])?.Why.ShouldBe(expected ?? "nothing");

    [Fact]
    public void on_loopback_what_the_administrator_needs_is_added_where_no_rule_fits_and_nothing_otherwise()
    {
        Text("[]").ShouldBe("local  all  \"keeper\"  scram-sha-256|host  all  \"keeper\"  127.0.0.1/32  scram-sha-256|host  all  \"keeper\"  ::1/128  scram-sha-256");
        Text("host all all 127.0.0.1/32 md5").ShouldBe("local  all  \"keeper\"  scram-sha-256|host  all  all  127.0.0.1/32  md5");
        Text(null).ShouldBe("local  all  \"keeper\"  scram-sha-256|local  all  all  scram-sha-256|host  all  all  127.0.0.1/32  scram-sha-256|host  all  all  ::1/128  scram-sha-256");
    }

    [Fact]
    public void names_are_quoted_and_words_of_the_file_are_not() =>
        AccessFile.Text(new AccessRuleConfig { Type = "hostssl", Databases = ["sameuser", "my \"db\""], Users = ["+team", "all"], Address = "10.0.0.0/8", Method = "cert", Options = new Dictionary<string, Placed<string>> { ["map"] = new("a b", new SourcePosition("f", 1, 1)) } })
            .ShouldBe("hostssl  sameuser,\"my \"\"db\"\"\"  +\"team\",all  10.0.0.0/8  cert  map=\"a b\"");

    private static string Text(string? rules)
    {
        var at = new SourcePosition("f", 1, 1);
        var cluster = new ClusterConfig
        {
            Name = "main", File = "f", Admin = new Placed<string>("", at), Instance = new Placed<InstanceConfig>(new InstanceConfig(), at),
            Access = rules is null ? null : [.. Lines(rules).Select(line => new Placed<AccessRuleConfig>(line.Rule, at))],
        };
        var text = AccessFile.Of(cluster, new AdminAccess("keeper", "postgres", Encrypted: false, IPAddress.Loopback)).Text("# heading\n");
        return string.Join('|', text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(2));
    }

    private static IReadOnlyList<AccessLine> Lines(string rules) =>
    [
        .. from rule in rules.Split('|')
           where rule != "[]"
           let fields = rule.Split(' ')
           select new AccessLine(new AccessRuleConfig { Type = fields[0], Databases = [fields[1]], Users = [fields[2]], Address = fields[3] == "-" ? null : fields[3], Method = fields[4] }, null),
    ];
}
