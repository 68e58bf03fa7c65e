using System.Globalization;
using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Microsoft.AspNetCore.Http;

namespace Lockkeeper.Server.Portal.Pages;

/// <summary>What somebody asks for as a new cluster: every word of it is checked, since it becomes a file of the project.</summary>
/// <param name="Name">The cluster's name, and its file's.</param>
/// <param name="Environment">The environment.</param>
/// <param name="Version">The major version.</param>
/// <param name="Size">One of <see cref="Sizes"/>.</param>
/// <param name="Owner">The role that owns its database.</param>
/// <param name="Port">The port.</param>
internal sealed partial record ClusterRequest(string Name, string Environment, int Version, string Size, string Owner, int Port)
{
    /// <summary>The engines that can be asked for.</summary>
    public static IReadOnlyList<string> Engines { get; } = ["postgres"];

    /// <summary>The versions.</summary>
    public static IReadOnlyList<int> Versions { get; } = [18, 17, 16, 15, 14];

    /// <summary>The sizes: a word, what it says, and what stands in the file.</summary>
    public static IReadOnlyList<(string Key, string Words, string Yaml)> Sizes { get; } =
    [
        ("small", "1 core, 2 GB memory, 20 GB disk", "{ memory: 2GB, cores: 1, disk: 20GB, disk_kind: ssd }"),
        ("medium", "2 cores, 8 GB memory, 100 GB disk", "{ memory: 8GB, cores: 2, disk: 100GB, disk_kind: ssd }"),
        ("large", "8 cores, 32 GB memory, 500 GB disk", "{ memory: 32GB, cores: 8, disk: 500GB, disk_kind: ssd }"),
    ];

    /// <summary>Reads a form.</summary>
    /// <exception cref="LockkeeperException">Something in it cannot be declared (LK7031).</exception>
    public static ClusterRequest Of(IFormCollection form, IReadOnlyList<string> environments)
    {
        var (name, environment, owner, size) = (form["name"].ToString().Trim(), form["environment"].ToString(), form["owner"].ToString().Trim(), form["size"].ToString());
        if (!ClusterName().IsMatch(name))
            throw Refused($"'{name}' is not a name for a cluster", "Take up to 40 lower-case letters, digits and hyphens, with a letter first.");
        if (!RoleName().IsMatch(owner) || owner.StartsWith("pg_", StringComparison.Ordinal))
            throw Refused($"'{owner}' is not a name for an owner", "Take up to 40 lower-case letters, digits and underscores, with a letter first.");
        if (!environments.Contains(environment))
            throw Refused($"'{environment}' is not an environment of the project", "Choose one of the list.");
        if (!Engines.Contains(form["engine"].ToString()) || Sizes.All(one => one.Key != size))
            throw Refused("the engine or the size is none of those that can be asked for", "Choose of the lists.");
        if (!int.TryParse(form["version"], NumberStyles.None, CultureInfo.InvariantCulture, out var version) || !Versions.Contains(version))
            throw Refused($"'{form["version"]}' is not a version that can be asked for", "Choose one of the list.");
        if (!int.TryParse(form["port"], NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1024 or > 65535)
            throw Refused($"'{form["port"]}' is not a port", "Give a number from 1024 to 65535 that is free on the host.");
        return new ClusterRequest(name, environment, version, size, owner, port);
    }

    /// <summary>The variable of the server that holds the administrator's URL: the file names it, and nobody types a password into a page.</summary>
    public string AdminVariable => Name.ToUpperInvariant().Replace('-', '_') + "_ADMIN_URL";

    /// <summary>Its database.</summary>
    public string Database => Name.Replace('-', '_');

    /// <summary>How an application reaches it, without a password.</summary>
    public string Url => string.Create(CultureInfo.InvariantCulture, $"postgres://{Owner}@127.0.0.1:{Port}/{Database}");

    /// <summary>The declaration.</summary>
    /// <param name="actor">Who asks.</param>
    public string Yaml(string actor) => string.Create(CultureInfo.InvariantCulture, $$"""
        # Asked for by {{actor}}.
        cluster: {{Name}}
        engine: postgres
        version: {{Version}}
        environment: {{Environment}}
        # postgres://ROLE:PASSWORD@127.0.0.1:{{Port}}/postgres, in the environment of the server of Lockkeeper
        admin: "${env:{{AdminVariable}}}"
        size: {{Sizes.First(one => one.Key == Size).Yaml}}
        profile: oltp
        roles:
          {{Owner}}: { login: true }
        databases:
          {{Database}}: { owner: {{Owner}} }
        instance: { port: {{Port}} }
        monitoring: { labels: { owner: {{Owner}} } }
        protect: true

        """);

    /// <summary>Writes the declaration where the project's clusters are; nothing is written over.</summary>
    /// <returns>The file, from the project's folder.</returns>
    /// <exception cref="LockkeeperException">There is such a cluster or file (LK7032), or the declaration is not valid.</exception>
    public async Task<string> WriteAsync(Workspace workspace, CancellationToken cancel)
    {
        var shown = Path.Combine(Path.GetDirectoryName(workspace.Config.Include.FirstOrDefault(pattern => pattern.EndsWith("/*.yaml", StringComparison.Ordinal)) ?? "clusters/*.yaml")!, Name + ".yaml");
        if (ClusterReader.Load(workspace.ProjectFolder, workspace.Config.Include).Any(cluster => cluster.Name == Name) || File.Exists(Path.Combine(workspace.ProjectFolder, shown)))
            throw new LockkeeperException(ServerErrors.ClusterDeclared, $"there is a cluster '{Name}' already", "Choose another name, or change its file in the repository.");
        var path = Path.Combine(workspace.ProjectFolder, shown);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        // Beside it under a name that no pattern finds, so that nobody ever reads the half of it.
        var draft = $"{path}.{Access.Secrets.New()[..8]}.draft";
        try
        {
            await File.WriteAllTextAsync(draft, Yaml(workspace.Actor), cancel);
            _ = ClusterReader.Read(draft, shown);
            File.Move(draft, path, overwrite: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LockkeeperException(KernelErrors.FileNotWritten, $"{shown} cannot be written: {e.Message}", "Let the server's user write into that folder, or add the file to the repository yourself.", inner: e);
        }
        finally
        {
            File.Delete(draft);
        }

        return shown;
    }

    private static LockkeeperException Refused(string message, string hint) => new(ServerErrors.BadClusterRequest, message, hint);

    [GeneratedRegex("^[a-z][a-z0-9-]{0,39}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex ClusterName();

    [GeneratedRegex("^[a-z][a-z0-9_]{0,39}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex RoleName();
}
