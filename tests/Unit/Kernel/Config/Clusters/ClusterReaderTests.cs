using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Kernel.Config.Clusters;

/// <summary>Reading declared clusters: templates, places of errors, and what one part says about another.</summary>
public sealed class ClusterReaderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("lk-clusters-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void a_file_with_every_key_is_read()
    {
        Write("a.yaml", ClusterSample.Full);
        var cluster = ClusterReader.Load(folder, ["*.yaml"]).ShouldHaveSingleItem();
        cluster.Name.ShouldBe("shop-prod");
        cluster.Size!.MemoryBytes.ShouldBe(16L << 30);
        cluster.Roles["app"].Value.MemberOf.Single().Value.ShouldBe(new MembershipConfig("readers"));
        cluster.Roles["app"].Value.MemberOf.Single().At.Line.ShouldBe(18);
        cluster.Roles["shop_owner"].Value.Login.ShouldBeFalse();
        cluster.Databases["shop"].Value.Grants!.Count.ShouldBe(5);
        cluster.Databases["shop"].Value.Grants![1].Value.Privileges.ShouldBe(["CONNECT"]);
        cluster.Exact.ShouldBe([ExactKind.Grants]);
    }

    [Theory]
    [InlineData("instance:", "a.yaml:2:10", "an instance that is made needs a version")]
    [InlineData("version: 17\ninstance: { layout: directory }", "a.yaml:3:11", "an instance with the layout directory has no 'data'")]
    [InlineData("version: 17\ninstance: { data: /srv }", "a.yaml:3:19", "'data' must be a folder with its whole path, but it is '/srv'")]
    [InlineData("version: 17\ninstance: { data: /srv/a/../../etc }", "a.yaml:3:19", "'data' must be a folder with its whole path, but it is '/srv/a/../../etc'")]
    [InlineData("access: [{ type: local }]", "a.yaml:2:10", "'access' is about a server that the program keeps, and none is declared")]
    [InlineData("version: 17\ninstance:\naccess: [{ type: host }]", "a.yaml:4:10", "an access rule of the type host has no 'address'")]
    [InlineData("version: 17\ninstance:\naccess: [{ type: host, address: all, method: peer }]", "a.yaml:4:10", "the method peer is for local connections only")]
    [InlineData("version: 17\ninstance:\ntls: { certificate: a.crt }", "a.yaml:4:6", "encrypted connections need a certificate with its key, or one that the program makes")]
    [InlineData("version: 17\ninstance:\ntls: { certificate: a.crt, key: secret }", "a.yaml:4:33", "'key' must be a secret reference, but it is written out")]
    [InlineData("version: 17\ninstance:\nnodes: [{ name: a, host: -oProxyCommand=x }]", "a.yaml:4:26", "'host' must be a host name or address, but it is '-oProxyCommand=x'")]
    [InlineData("version: 17\ninstance:\nnodes: [{ name: a }, { name: b }]", "a.yaml:4:22", "one node must be the primary")]
    public void mistakes_about_instances_are_told_with_their_places(string lines, string place, string message)
    {
        Write("a.yaml", "admin: postgres://localhost/postgres\n" + lines);
        var error = Should.Throw<LockkeeperException>(() => ClusterReader.Load(folder, ["*.yaml"]));
        error.Message.ShouldBe(message);
        error.At!.ToString().ShouldBe(place);
    }

    [Fact]
    public void a_cluster_is_named_after_its_file_unless_it_says_another_name()
    {
        Write("orders.yaml", "admin: postgres://localhost/postgres");
        ClusterReader.Load(folder, ["*.yaml"]).Single().Name.ShouldBe("orders");
    }

    [Fact]
    public void keys_of_the_template_hold_where_the_file_says_nothing_and_maps_are_merged()
    {
        Write("standard.tmpl", "version: 15\nparameters: { work_mem: 8MB, random_page_cost: 1.1 }\nroles: { app: { login: true, connection_limit: 5 } }\ntemplate: deep/base.tmpl");
        Directory.CreateDirectory(Path.Combine(folder, "deep"));
        Write("deep/base.tmpl", "protect: false\nparameters: { jit: off }");
        Write("a.yaml", "template: standard.tmpl\nadmin: postgres://localhost/postgres\nparameters: { work_mem: 16MB }\nroles: { app: { connection_limit: 9 }, other: }");
        var cluster = ClusterReader.Load(folder, ["*.yaml"]).Single();
        cluster.Version.ShouldBe(15);
        cluster.Protect.ShouldBeFalse();
        cluster.Parameters.ToDictionary(one => one.Key, one => one.Value.Value).ShouldBe(new Dictionary<string, string> { ["work_mem"] = "16MB", ["random_page_cost"] = "1.1", ["jit"] = "off" }, ignoreOrder: true);
        cluster.Parameters["random_page_cost"].At.File.ShouldBe("standard.tmpl");
        cluster.Roles["app"].Value.Login.ShouldBeTrue();
        cluster.Roles["app"].Value.ConnectionLimit.ShouldBe(9);
    }

    [Fact]
    public void a_mistake_in_a_template_is_told_with_the_templates_name_and_line()
    {
        Write("standard.tmpl", "version: 15\nroels: {}");
        Write("a.yaml", "template: standard.tmpl\nadmin: postgres://localhost/postgres");
        var error = Should.Throw<LockkeeperException>(() => ClusterReader.Load(folder, ["*.yaml"]));
        error.At!.ToString().ShouldBe("standard.tmpl:2:1");
        error.Hint.ShouldBe("Did you mean 'roles'?");
    }

    [Theory]
    [InlineData("a template that leads back to itself", "template: a.yaml\nadmin: x", "more than 10 templates follow one another")]
    [InlineData("no template", "template: gone.tmpl\nadmin: x", "there is no template gone.tmpl")]
    [InlineData("no admin", "version: 15", "the file has no 'admin'")]
    [InlineData("a password that is written out", "admin: x\nroles: { app: { password: topsecret } }", "'password' must be a secret reference, but it is written out")]
    [InlineData("a circle", "admin: x\nroles: { a: { member_of: b }, b: { member_of: c }, c: { member_of: a } }", "memberships go in a circle: a → b → c → a")]
    [InlineData("a membership twice", "admin: x\nroles: { a: { member_of: [b, b] }, b: }", "the membership of 'a' in 'b' is declared twice")]
    [InlineData("a role that nobody declares", "admin: x\nroles: { app: }\ndatabases: { d: { grants: [{ to: ap, kind: database, privileges: connect }] } }", "the role 'ap' is not declared")]
    [InlineData("a name of the server's own", "admin: x\nroles: { pg_x: }", "a role cannot be named 'pg_x'")]
    [InlineData("a privilege of another kind", "admin: x\nroles: { app: }\ndatabases: { d: { grants: [{ to: app, kind: sequences, schema: s, privileges: insert }] } }", "there is no privilege INSERT on sequences")]
    [InlineData("tables without a schema", "admin: x\nroles: { app: }\ndatabases: { d: { grants: [{ to: app, kind: tables, privileges: select }] } }", "a grant on tables has no 'schema'")]
    [InlineData("columns of a sequence", "admin: x\nroles: { app: }\ndatabases: { d: { grants: [{ to: app, kind: sequences, schema: s, columns: [a], privileges: usage }] } }", "sequences have no columns")]
    [InlineData("a table without schema under row security", "admin: x\ndatabases: { d: { row_security: { orders: {} } } }", "'orders' under 'row_security' has no schema")]
    [InlineData("a profile without a size", "admin: x\nprofile: oltp", "the profile 'oltp' needs to know the size")]
    [InlineData("a time without a zone", "admin: x\nroles: { a: { valid_until: 2027-01-01T00:00:00 } }", "'valid_until' must be a time with its zone, but it is '2027-01-01T00:00:00'")]
    public void a_mistake_is_refused_with_words_that_say_what_it_is(string name, string yaml, string message)
    {
        Write("a.yaml", yaml);
        var error = Should.Throw<LockkeeperException>(() => ClusterReader.Load(folder, ["*.yaml"]), name);
        error.Message.ShouldBe(message);
        error.At.ShouldNotBeNull();
        error.Hint.ShouldNotBeNullOrEmpty();
        error.Message.ShouldNotContain("topsecret");
        error.Hint.ShouldNotContain("topsecret");
    }

    [Fact]
    public void the_declaration_in_the_duty_s_page_is_read()
    {
        var page = File.ReadAllText(RepositoryRoot.Path("docs/duties/provision.md"));
        Write("standard.yaml", "protect: true");
        Directory.CreateDirectory(Path.Combine(folder, "clusters"));
        Write("clusters/shop-dev.yaml", page.Split("```yaml\n")[1].Split("```")[0]);
        ClusterReader.Load(folder, ["clusters/*.yaml"]).Single().Roles.Count.ShouldBe(3);
    }

    [Fact]
    public void two_files_may_not_declare_the_same_cluster()
    {
        Write("a.yaml", "cluster: one\nadmin: x");
        Write("b.yaml", "cluster: one\nadmin: y");
        Should.Throw<LockkeeperException>(() => ClusterReader.Load(folder, ["*.yaml"])).Message.ShouldBe("the cluster 'one' is declared by a.yaml and by b.yaml");
    }

    private void Write(string name, string yaml) => File.WriteAllText(Path.Combine(folder, name), yaml);
}
