using Lockkeeper.Provision.Exports;

namespace Lockkeeper.Provision.PostgreSql.Exporting;

/// <summary>What the module makes the server of.</summary>
internal enum TerraformTarget
{
    /// <summary>An RDS instance.</summary>
    Rds,

    /// <summary>An Aurora cluster.</summary>
    Aurora,

    /// <summary>A Cloud SQL instance.</summary>
    CloudSql,

    /// <summary>Nothing: the server is there.</summary>
    Server,
}

/// <summary>How the provider for what is inside the server reaches it.</summary>
/// <param name="Host">An expression.</param>
/// <param name="Port">An expression.</param>
/// <param name="Provider">The provider that makes the instance; null when none does.</param>
/// <param name="Source">Where that comes from.</param>
/// <param name="Version">Which of it.</param>
internal sealed record ServerConnection(string Host, string Port, string? Provider = null, string? Source = null, string? Version = null);

/// <summary>What each target has in common: versions, providers, outputs.</summary>
internal static class TerraformTargets
{
    /// <summary>The variable with the administrator's password.</summary>
    public static string AdminPassword(ModuleDraft draft) => draft.Variable("admin_password", "string", "Password of the role that manages the server.", secret: true);

    /// <summary>Counts up when that password is another.</summary>
    public static string AdminPasswordVersion(ModuleDraft draft) => draft.Variable("admin_password_version", "number", "Count up to send a new admin_password.", "1");

    /// <summary>The variable with the administrator's name.</summary>
    public static string AdminName(ModuleDraft draft, string standard) => draft.Variable("admin_username", "string", "Role that manages the server.", HclText.Quote(standard));

    /// <summary>A server that is there already.</summary>
    public static ServerConnection WriteServer(ModuleDraft draft)
    {
        if (draft.Cluster.Parameters.Count > 0 || draft.Cluster.Profile is { Value: not "none" })
            draft.Note("versions.tf", "server parameters: on a server of one's own they are in its configuration");
        AdminName(draft, "postgres");
        AdminPassword(draft);
        return new ServerConnection(draft.Variable("host", "string", "Host of the server."), draft.Variable("port", "number", "Port of the server.", "5432"));
    }

    /// <summary>The versions, the provider for what is inside, and the outputs.</summary>
    public static void WriteVersions(ModuleDraft draft, ServerConnection connection)
    {
        var text = draft.File("versions.tf");
        text.Block("terraform", [], () =>
        {
            // Write-only arguments are there from 1.11 on.
            text.Set("required_version", HclText.Quote(">= 1.11"));
            text.Block("required_providers", [], () =>
            {
                if (connection is { Provider: { } name, Source: { } source, Version: { } version })
                    Requirement(text, name, source, version);
                // password_wo is there from 1.26 on.
                Requirement(text, "postgresql", "cyrilgdn/postgresql", ">= 1.26.0");
            });
        });
        text.Block("provider", ["postgresql"], () =>
        {
            text.Set("host", connection.Host);
            text.Set("port", connection.Port);
            text.Set("username", "var.admin_username");
            text.Set("password", "var.admin_password");
            text.Set("sslmode", draft.Variable("sslmode", "string", "How the connection is encrypted: require, verify-ca or verify-full.", HclText.Quote("require")));
            if (draft.Target != TerraformTarget.Server)
                text.Set("superuser", "false");
            if (draft.Cluster.Version is { } major)
                text.Set("expected_version", HclText.Quote($"{HclText.Number(major)}.0"));
        });
        var outputs = draft.File("outputs.tf");
        Output(outputs, "host", "Host of the server.", connection.Host);
        Output(outputs, "port", "Port of the server.", connection.Port);
        Output(outputs, "databases", "Databases by name.", draft.Cluster.Databases.Count == 0 ? "[]" : HclText.List(draft.Cluster.Databases.Keys.Select(draft.Database)));
    }

    private static void Requirement(HclText text, string name, string source, string version) =>
        text.SetObject(name, [("source", HclText.Quote(source)), ("version", HclText.Quote(version))]);

    private static void Output(HclText text, string name, string description, string value) => text.Block("output", [name], () =>
    {
        text.Set("description", HclText.Quote(description));
        text.Set("value", value);
    });
}
