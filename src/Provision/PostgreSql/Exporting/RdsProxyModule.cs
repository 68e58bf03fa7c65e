using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Provision.Exports;

namespace Lockkeeper.Provision.PostgreSql.Exporting;

/// <summary>An RDS Proxy in front of the instance or Aurora cluster of a module.</summary>
internal static class RdsProxyModule
{
    private const string File = "proxy.tf";

    public static void Write(ModuleDraft draft)
    {
        if (draft.Cluster.Pooler is not { Value: { Engine: PoolerEngine.RdsProxy } pooler })
        {
            if (draft.Cluster.Pooler is not null)
                draft.Note("versions.tf", "'pooler': its files are written by 'lk provision apply' or 'lk provision export --pooler'");
            return;
        }

        if (draft.Target is not (TerraformTarget.Rds or TerraformTarget.Aurora))
        {
            draft.Note("versions.tf", "'pooler': RDS Proxy stands in front of RDS and Aurora only");
            return;
        }

        var text = draft.File(File);
        text.Block("resource", ["aws_db_proxy", "main"], () => WriteProxy(draft, text, pooler));
        text.Block("resource", ["aws_db_proxy_default_target_group", "main"], () =>
        {
            text.Set("db_proxy_name", "aws_db_proxy.main.name");
            text.Block("connection_pool_config", [], () =>
            {
                // The same fifth as for other poolers is left for those who connect directly.
                text.Set("max_connections_percent", "80");
                text.Set("max_idle_connections_percent", "40");
                text.Set("connection_borrow_timeout", HclText.Number((long)Math.Clamp(Math.Ceiling(pooler.QueryWait.TotalSeconds), 1, 3600)));
            });
        });
        text.Block("resource", ["aws_db_proxy_target", "main"], () =>
        {
            text.Set("db_proxy_name", "aws_db_proxy.main.name");
            text.Set("target_group_name", "aws_db_proxy_default_target_group.main.name");
            if (draft.Target == TerraformTarget.Rds)
                text.Set("db_instance_identifier", "aws_db_instance.main.identifier");
            else
                text.Set("db_cluster_identifier", "aws_rds_cluster.main.id");
        });
        var output = draft.File("outputs.tf");
        output.Block("output", ["proxy"], () =>
        {
            output.Set("description", HclText.Quote("Host of the proxy, which clients connect to."));
            output.Set("value", "aws_db_proxy.main.endpoint");
        });
        draft.Note(File, "the pooler's port, mode, sizes and users: RDS Proxy listens on the server's port, lends connections for a transaction, and takes its limits in percent");
    }

    private static void WriteProxy(ModuleDraft draft, HclText text, PoolerConfig pooler)
    {
        text.Set("name", "\"${var.identifier}-proxy\"");
        text.Set("engine_family", HclText.Quote("POSTGRESQL"));
        text.Set("role_arn", draft.Variable("proxy_role_arn", "string", "Role that may read the secrets."));
        text.Set("vpc_subnet_ids", draft.Variable("proxy_subnet_ids", "list(string)", "Subnets of the proxy, in two zones at least."));
        text.Set("vpc_security_group_ids", "var.security_group_ids");
        text.Set("require_tls", HclText.Flag(pooler.Tls is null or { Value.Mode: not ("allow" or "prefer") }));
        text.Set("idle_client_timeout", draft.Variable("proxy_idle_client_timeout", "number", "Seconds after which an idle client is cut off.", "1800"));
        text.Block("dynamic", ["auth"], () =>
        {
            text.Set("for_each", draft.Variable("proxy_secret_arns", "list(string)", "Secrets with the name and password of each role that signs in through the proxy."));
            text.Block("content", [], () =>
            {
                text.Set("auth_scheme", HclText.Quote("SECRETS"));
                text.Set("iam_auth", HclText.Quote("DISABLED"));
                text.Set("client_password_auth_type", HclText.Quote("POSTGRES_SCRAM_SHA_256"));
                text.Set("secret_arn", "auth.value");
            });
        });
    }
}
