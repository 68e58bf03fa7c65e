using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Engines.PostgreSql.Sandbox;

/// <summary>The error codes of sandbox clusters, 2300 to 2399.</summary>
public static class SandboxErrors
{
#pragma warning disable CS1591 // Each field's meaning is its first argument's neighbour.
    public static readonly ErrorCode NoBinaries = new(2300, "No PostgreSQL server binaries of the wanted version were found.");
    public static readonly ErrorCode InitFailed = new(2301, "The files of a new sandbox cluster could not be made.");
    public static readonly ErrorCode PortTaken = new(2302, "The port of a sandbox cluster is in use by another program.");
    public static readonly ErrorCode DidNotStart = new(2303, "The server of a sandbox cluster did not start.");
    public static readonly ErrorCode NameTaken = new(2304, "A sandbox cluster of this name exists with other properties.", ExitCode.Refused);
    public static readonly ErrorCode NameUnknown = new(2305, "There is no sandbox cluster of this name.", ExitCode.WrongUse);
    public static readonly ErrorCode DiskFull = new(2306, "The disk has no room for a sandbox cluster.");
    public static readonly ErrorCode FolderUnusable = new(2307, "The folder of the sandbox clusters cannot be used.");
    public static readonly ErrorCode NotValid = new(2308, "A name or setting of a sandbox cluster is not valid.", ExitCode.WrongUse);
    public static readonly ErrorCode DownloadFailed = new(2309, "PostgreSQL server binaries could not be downloaded.");
    public static readonly ErrorCode NoServerUser = new(2310, "There is no unprivileged user that the server could run as.");
    public static readonly ErrorCode DidNotStop = new(2311, "The server of a sandbox cluster did not stop.");
    public static readonly ErrorCode Busy = new(2312, "Another program works on the same sandbox cluster.");
#pragma warning restore CS1591

    /// <summary>All codes of this range, in order.</summary>
    public static IReadOnlyList<ErrorCode> All { get; } =
    [
        NoBinaries, InitFailed, PortTaken, DidNotStart, NameTaken, NameUnknown, DiskFull, FolderUnusable, NotValid, DownloadFailed,
        NoServerUser, DidNotStop, Busy,
    ];
}
