using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Provision.Differences;

/// <summary>What it costs to make a thing as declared.</summary>
internal enum Cost
{
    /// <summary>Nothing that runs notices.</summary>
    None,

    /// <summary>Sessions that are open keep the old value.</summary>
    NewSessions,

    /// <summary>The server reads its configuration again.</summary>
    Reload,

    /// <summary>The server must be restarted before it holds.</summary>
    Restart,

    /// <summary>A table is locked for a moment.</summary>
    Lock,

    /// <summary>Something is lost, see the losses.</summary>
    Loss,
}

/// <summary>When a difference is corrected, in this order: what others need comes first, what others may still need goes last.</summary>
internal enum Phase
{
    /// <summary>What a managed service keeps: nothing inside can be reached before it is there.</summary>
    Service,
    Instance,
    Certificates,
    Configuration,
    Access,
    Start,
    Parameters,
    Restart,
    Roles,
    Memberships,
    RoleSettings,
    Databases,
    DatabaseSettings,
    Schemas,
    Extensions,
    Owners,
    Revokes,
    Grants,
    DefaultPrivileges,
    RowSecurity,
    Pooler,
    Removals,
}

/// <summary>One way in which a cluster is not as declared.</summary>
internal sealed record Difference
{
    /// <summary>When it is corrected.</summary>
    public required Phase Phase { get; init; }

    /// <summary>What it is about: <c>role app</c>, <c>parameter shared_buffers</c>, <c>shop: table app.orders</c>.</summary>
    public required string Object { get; init; }

    /// <summary>What differs, as what would be done: <c>connection_limit 10 → 20</c>.</summary>
    public required string Change { get; init; }

    /// <summary>What it costs.</summary>
    public Cost Cost { get; init; }

    /// <summary>What is taken away and from whom; empty for nothing.</summary>
    public IReadOnlyList<string> Losses { get; init; } = [];

    /// <summary>Where it is declared; null for what is not.</summary>
    public SourcePosition? At { get; init; }

    /// <summary>How it is corrected; null when it is only reported.</summary>
    public Remedy? Remedy { get; init; }

    /// <summary>Why it is only reported; null when it is corrected.</summary>
    public string? Kept { get; init; }

    /// <summary>In one phrase.</summary>
    public string Words => $"{Object}: {Change}";
}

/// <summary>What is sent to correct a difference.</summary>
/// <param name="Database">The database that it is sent to; null for the one of the administrator.</param>
/// <param name="Statements">The statements, in order; in one transaction unless said otherwise.</param>
internal sealed record Remedy(string? Database, params IReadOnlyList<string> Statements)
{
    /// <summary>Whether the statements go into one transaction. CREATE DATABASE, DROP DATABASE and ALTER SYSTEM refuse that.</summary>
    public bool InTransaction { get; init; } = true;

    /// <summary>Whether a statement holds a secret: it is not shown, and the server is asked not to log it.</summary>
    public bool IsSecret { get; init; }

    /// <summary>What is done on a host, before any statement; null for nothing. It may be done again after it was cut off at any point.</summary>
    public Func<CancellationToken, Task>? Act { get; init; }

    /// <summary>What people see of it.</summary>
    public IReadOnlyList<string> Shown { get; init; } = Statements;

    /// <summary>Calls of a managed service, in order; empty for a correction by statements.</summary>
    public IReadOnlyList<ServiceCall> Calls { get; init; } = [];

    /// <summary>A correction by calls of a managed service.</summary>
    /// <param name="calls">The calls.</param>
    public static Remedy By(params IReadOnlyList<ServiceCall> calls) => new(null, []) { Calls = calls, Shown = [.. calls.Select(call => call.Words)] };

    /// <summary>Something that is done on a host.</summary>
    /// <param name="act">What is done.</param>
    /// <param name="shown">What people see of it.</param>
    public static Remedy OnHost(Func<CancellationToken, Task> act, params IReadOnlyList<string> shown) => new((string?)null) { Act = act, Shown = shown };
}

/// <summary>A call of a managed service's API.</summary>
/// <param name="Action">The action.</param>
/// <param name="Parameters">Its parameters.</param>
internal sealed record ServiceCall(string Action, IReadOnlyList<KeyValuePair<string, string>> Parameters)
{
    /// <summary>As people see it, without secrets.</summary>
    public string Words => string.Join(' ', Parameters.Select(one => $"{one.Key}={(one.Key.Contains("Password", StringComparison.Ordinal) ? "***" : one.Value)}").Prepend(Action));
}
