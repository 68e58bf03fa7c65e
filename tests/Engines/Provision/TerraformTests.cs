using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Provision.Exports;
using Lockkeeper.Provision.PostgreSql.Exporting;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Provision;

/// <summary>Declarations as Terraform modules, read back by HashiCorp's parser.</summary>
public sealed class TerraformTests
{
    private const string Declaration =
        """
        admin: "${env:PROD_ADMIN_URL}"
        version: 17
        environment: prod
        size: { memory: 16GB, cores: 4, disk: 500GB }
        profile: oltp
        parameters: { log_min_duration_statement: 1s, shared_buffers: 6GB, wal_level: logical, jit: on, port: 6000 }
        roles:
          shop_owner:
          readers:
          writers: { member_of: [ { role: readers, admin: true } ] }
          "odd ${name} \"q\"": { login: true, superuser: true, connection_limit: 5, valid_until: 2030-01-01T02:00:00+02:00 }
          app: { login: true, password: "${env:APP_PASSWORD}", member_of: [readers, pg_monitor], settings: { statement_timeout: 30s, search_path: '"$user", app', work_mem: 8MB } }
        databases:
          shop:
            owner: shop_owner
            locale: C.UTF-8
            settings: { timezone: UTC }
            extensions: { pg_trgm: { schema: extensions } }
            schemas: { app: { owner: shop_owner }, extensions: }
            grants:
              - { to: public, kind: database, privileges: [] }
              - { to: readers, kind: tables, schema: app, privileges: select }
              - { to: readers, kind: tables, schema: app, privileges: insert }
              - { to: app, kind: tables, schema: app, names: [orders, items], columns: [id, total], privileges: update }
              - { to: app, kind: functions, schema: app, names: ["total(integer)"], privileges: all }
              - { to: app, kind: tables, schema: app, names: [orders], privileges: all, grantable: true }
              - { to: app, kind: types, schema: app, names: [mood], privileges: usage }
            default_privileges:
              - { creator: shop_owner, schema: app, kind: tables, to: readers, privileges: select }
            row_security: { app.orders: { policies: { own: { using: "true" } } } }
        exact: [roles]
        """;

    [Fact]
    public async Task an_rds_module_says_what_the_declaration_says()
    {
        var (module, hcl) = await ModuleAsync(TerraformTarget.Rds);
        var instance = hcl["instance.tf"]!["resource"]!["aws_db_instance"]!["main"]![0]!;
        Text(instance, "engine").ShouldBe("postgres");
        Text(instance, "password_wo").ShouldBe("${var.admin_password}");
        Text(instance, "vpc_security_group_ids").ShouldBe("${var.security_group_ids}");
        instance["deletion_protection"]!.GetValue<bool>().ShouldBeTrue();
        var group = hcl["instance.tf"]!["resource"]!["aws_db_parameter_group"]!["main"]![0]!;
        Text(group, "family").ShouldBe("postgres17");
        var parameters = group["parameter"]!.AsArray().ToDictionary(one => Text(one!, "name"), one => $"{Text(one!, "value")} {Text(one!, "apply_method")}");
        parameters["shared_buffers"].ShouldBe("786432 pending-reboot", "6GB in pages of 8kB");
        parameters["log_min_duration_statement"].ShouldBe("1000 immediate");
        parameters["jit"].ShouldBe("1 immediate");
        parameters["rds.logical_replication"].ShouldBe("1 pending-reboot");
        parameters.ShouldNotContainKey("port");
        module.NotExpressed.ShouldContain("the parameter port, which the service sets itself");
        var variables = hcl["variables.tf"]!["variable"]!;
        Text(variables["instance_class"]![0]!, "default").ShouldBe("db.m7g.xlarge");
        variables["allocated_storage"]![0]!["default"]!.GetValue<int>().ShouldBe(500);
        module.Secrets.ShouldBe(["admin_password", "password_app"]);
        foreach (var secret in module.Secrets)
        {
            variables[secret]![0]!["sensitive"]!.GetValue<bool>().ShouldBeTrue();
            variables[secret]![0]!["default"].ShouldBeNull();
        }
    }

    [Fact]
    public async Task roles_databases_and_privileges_refer_to_one_another()
    {
        var (module, hcl) = await ModuleAsync(TerraformTarget.Server);
        var roles = hcl["roles.tf"]!["resource"]!["postgresql_role"]!;
        var app = roles["app"]![0]!;
        app["roles"]!.AsArray().Select(one => one!.GetValue<string>()).ShouldBe(["${postgresql_role.readers.name}", "pg_monitor"]);
        app["statement_timeout"]!.GetValue<int>().ShouldBe(30_000);
        app["search_path"]!.AsArray().Select(one => one!.GetValue<string>()).ShouldBe(["$user", "app"]);
        Text(app, "password_wo").ShouldBe("${var.password_app}");
        var odd = roles["odd___name___q_"]![0]!;
        Literal(Text(odd, "name")).ShouldBe("odd ${name} \"q\"");
        odd["superuser"]!.GetValue<bool>().ShouldBeTrue();
        Text(odd, "valid_until").ShouldBe("2030-01-01T00:00:00Z");
        hcl["roles.tf"]!["resource"]!["postgresql_grant_role"]!["writers_in_readers"]![0]!["with_admin_option"]!.GetValue<bool>().ShouldBeTrue();
        roles["writers"]![0]!["lifecycle"]![0]!["ignore_changes"]!.ToJsonString().ShouldContain("roles");
        var database = hcl["databases.tf"]!["resource"]!["postgresql_database"]!["shop"]![0]!;
        Text(database, "lc_collate").ShouldBe("C.UTF-8");
        Text(database, "encoding").ShouldBe("DEFAULT");
        database["lifecycle"]![0]!["prevent_destroy"]!.GetValue<bool>().ShouldBeTrue();
        Text(hcl["databases.tf"]!["resource"]!["postgresql_extension"]!["shop_pg_trgm"]![0]!, "schema").ShouldBe("${postgresql_schema.shop_extensions.name}");
        var grants = hcl["grants.tf"]!["resource"]!["postgresql_grant"]!.AsObject().Select(one => one.Value![0]!).ToList();
        Privileges(grants, "public", "database").ShouldHaveSingleItem().ShouldBe("");
        Privileges(grants, "${postgresql_role.readers.name}", "table").ShouldHaveSingleItem().ShouldBe("INSERT SELECT", "two resources for the same would undo one another");
        Privileges(grants, "${postgresql_role.app.name}", "column").ShouldBe(["UPDATE", "UPDATE"], "the provider takes the columns of one table at a time");
        Privileges(grants, "${postgresql_role.app.name}", "routine").ShouldBe(["EXECUTE"]);
        Privileges(grants, "${postgresql_role.app.name}", "table").ShouldHaveSingleItem().ShouldContain("TRUNCATE");
        Text(hcl["grants.tf"]!["resource"]!["postgresql_default_privileges"]!.AsObject().Single().Value![0]!, "owner").ShouldBe("${postgresql_role.shop_owner.name}");
        string[] left = ["role app: the setting work_mem", "shop: the setting timezone of the database", "shop: row security and policies of app.orders", "shop: grants on types: mood"];
        left.ShouldBeSubsetOf(module.NotExpressed);
        foreach (var words in left)
            module.Files.ShouldContain(file => file.Text.Contains($"#   - {words}", StringComparison.Ordinal), words);
        hcl.ContainsKey("instance.tf").ShouldBeFalse();
    }

    [Fact]
    public async Task a_cloud_sql_module_and_an_aurora_module_have_their_own_words()
    {
        var google = (await ModuleAsync(TerraformTarget.CloudSql)).Hcl["instance.tf"]!["resource"]!["google_sql_database_instance"]!["main"]![0]!;
        var settings = google["settings"]![0]!;
        var flags = settings["database_flags"]!.AsArray().ToDictionary(one => Text(one!, "name"), one => Text(one!, "value"));
        flags["jit"].ShouldBe("on");
        flags["shared_buffers"].ShouldBe("786432");
        flags["cloudsql.logical_decoding"].ShouldBe("on");
        settings["ip_configuration"]![0]!["ipv4_enabled"]!.GetValue<bool>().ShouldBeFalse();
        var aurora = (await ModuleAsync(TerraformTarget.Aurora)).Hcl["instance.tf"]!["resource"]!;
        Text(aurora["aws_rds_cluster"]!["main"]![0]!, "engine").ShouldBe("aurora-postgresql");
        Text(aurora["aws_rds_cluster_instance"]!["main"]![0]!, "identifier").ShouldBe("${var.identifier}-${count.index}");
        Text(aurora["aws_rds_cluster_parameter_group"]!["main"]![0]!, "family").ShouldBe("aurora-postgresql17");
    }

    [Fact]
    public async Task what_is_declared_about_the_service_stands_in_the_module()
    {
        var (_, hcl) = await ModuleAsync(TerraformTarget.Rds, declaration: """
            engine: rds-postgres
            version: 16
            managed: { region: eu-west-1, class: db.r7g.large, storage: 200GB, storage_type: io2, iops: 3000, multi_az: false, backup_days: 30, backup_window: "03:00-04:00", security_groups: [sg-1, sg-2], subnet_group: private, tags: { "cost ${center}": a }, user: root1, password: "${env:MASTER}", performance_insights: true }

            """);
        var instance = hcl["instance.tf"]!["resource"]!["aws_db_instance"]!["main"]![0]!;
        Text(instance, "storage_type").ShouldBe("io2");
        instance["iops"]!.GetValue<int>().ShouldBe(3000);
        Text(instance, "backup_window").ShouldBe("03:00-04:00");
        instance["performance_insights_enabled"]!.GetValue<bool>().ShouldBeTrue();
        Text(instance, "tags").ShouldContain("\"cost $${center}\" = \"a\"", Case.Sensitive, "what is no expression stays none");
        var variables = hcl["variables.tf"]!["variable"]!;
        Text(variables["instance_class"]![0]!, "default").ShouldBe("db.r7g.large");
        Text(variables["admin_username"]![0]!, "default").ShouldBe("root1");
        variables["backup_retention_days"]![0]!["default"]!.GetValue<int>().ShouldBe(30);
        variables["security_group_ids"]![0]!["default"]!.AsArray().Count.ShouldBe(2);
        variables["allocated_storage"]![0]!["default"]!.GetValue<int>().ShouldBe(200);
    }

    [Fact]
    public async Task an_rds_proxy_stands_in_front_of_its_server()
    {
        var (module, hcl) = await ModuleAsync(TerraformTarget.Rds, "pooler: { engine: rds-proxy, query_wait_timeout: 20s }\n");
        var resources = hcl["proxy.tf"]!["resource"]!;
        Text(resources["aws_db_proxy"]!["main"]![0]!, "engine_family").ShouldBe("POSTGRESQL");
        resources["aws_db_proxy"]!["main"]![0]!["dynamic"]!["auth"]![0]!["content"]![0]!["auth_scheme"]!.GetValue<string>().ShouldBe("SECRETS");
        resources["aws_db_proxy_default_target_group"]!["main"]![0]!["connection_pool_config"]![0]!["connection_borrow_timeout"]!.GetValue<int>().ShouldBe(20);
        Text(resources["aws_db_proxy_target"]!["main"]![0]!, "db_instance_identifier").ShouldBe("${aws_db_instance.main.identifier}");
        module.NotExpressed.ShouldContain(words => words.StartsWith("the pooler's port", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1, 4, "db.t4g.medium", "db-custom-1-4096")]
    [InlineData(1, 1, "db.t4g.micro", "db-custom-1-3840")]
    [InlineData(3, 16, "db.m7g.xlarge", "db-custom-4-16384")]
    [InlineData(2, 64, "db.r7g.2xlarge", "db-custom-10-65536")]
    public void a_size_becomes_the_smallest_machine_that_has_it(int cores, long gigabytes, string rds, string cloudSql)
    {
        var size = new SizeConfig(gigabytes << 30, cores, 1L << 40, RotatingDisk: false);
        RdsModule.ClassOf(size).ShouldBe(rds);
        CloudSqlModule.TierOf(size).ShouldBe(cloudSql);
    }

    [Fact]
    public async Task any_text_is_the_same_text_after_terraform_has_read_it()
    {
        var pieces = Gen.OneOf(Gen.Elements("${", "%{", "$", "%", "{", "}", "\"", "\\", "\n", "\r\n", "\t", "~", "$${", "\0", "\u2028", "é", "🔒", "#", "//", "<<E", "a b"), Gen.Choose(32, 126).Select(code => ((char)code).ToString()));
        var texts = Gen.Sample(pieces.ListOf(12), 400).Select(parts => string.Concat(parts)).Append("").ToList();
        var hcl = new HclText();
        for (var i = 0; i < texts.Count; i++)
            hcl.Set($"text_{i}", HclText.Quote(texts[i]));
        hcl.Block("block", ["label ${x}\n\"%{"], () => hcl.Set("list", HclText.List(texts.Select(HclText.Quote))));
        foreach (var text in texts)
            hcl.Comment(text);
        var parsed = (await Hcl.ParseAsync([KeyValuePair.Create("main.tf", hcl.ToString())]))["main.tf"]!;
        for (var i = 0; i < texts.Count; i++)
            Literal(Text(parsed, $"text_{i}")).ShouldBe(texts[i]);
        parsed["block"]!.AsObject().Single().Value![0]!["list"]!.AsArray().Select(one => Literal(one!.GetValue<string>())).ShouldBe(texts);
    }

    [Fact]
    public async Task files_of_somebody_else_are_never_replaced()
    {
        await using var project = await LkProject.CreateAsync("prod");
        project.File("clusters/shop.yaml", Declaration);
        project.File("terraform/shop/roles.tf", "# ours\n");
        var refused = await project.RunAsync("provision", "export", "--terraform", "shop");
        refused.Errors.ShouldContain("roles.tf was not written by an export");
        Directory.GetFiles(Path.Combine(project.Folder, "terraform/shop")).Length.ShouldBe(1);
        project.Remove("terraform/shop/roles.tf");
        (await project.RunAsync("provision", "export", "--terraform", "shop")).ExitCode.ShouldBe(0);
        var written = await project.RunAsync("provision", "export", "--terraform", "shop", "--target", "server");
        written.Output.ShouldContain("TF_VAR_password_app");
        File.Exists(Path.Combine(project.Folder, "terraform/shop/instance.tf")).ShouldBeFalse("a server that is there has none");
        (await project.RunAsync("provision", "export", "shop")).Errors.ShouldContain("is not told what for");
    }

    private static async Task<(TerraformModule Module, JsonObject Hcl)> ModuleAsync(TerraformTarget target, string more = "", string declaration = Declaration)
    {
        using var folder = new TestFolder();
        var module = TerraformModule.Of(ClusterReader.Read(folder.Write("shop-prod.yaml", declaration + "\n" + more), "clusters/shop-prod.yaml"), target);
        return (module, await Hcl.ParseAsync(module.Files.Select(file => KeyValuePair.Create(file.Name, file.Text))));
    }

    /// <summary>What a string is that holds no expression: hcl2json writes templates, in which the beginning of an expression that is none is doubled.</summary>
    private static string Literal(string template) => template.Replace("$${", "${", StringComparison.Ordinal).Replace("%%{", "%{", StringComparison.Ordinal);

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();

    private static IReadOnlyList<string> Privileges(List<JsonNode> grants, string role, string type) =>
        [.. grants.Where(one => Text(one, "role") == role && Text(one, "object_type") == type).Select(one => string.Join(' ', one["privileges"]!.AsArray().Select(privilege => privilege!.GetValue<string>())))];
}
