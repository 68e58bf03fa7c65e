using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Provision;

/// <summary>The error codes of the Provision duty, 4000 to 4999.</summary>
public static class ProvisionErrors
{
#pragma warning disable CS1591 // Each field's meaning is its first argument's neighbour.
    public static readonly ErrorCode NoClusters = new(4000, "The project declares no cluster.", ExitCode.WrongUse);
    public static readonly ErrorCode UnknownCluster = new(4001, "There is no declared cluster of this name.", ExitCode.WrongUse);
    public static readonly ErrorCode VersionDiffers = new(4002, "The server has another major version than the declaration says.");
    public static readonly ErrorCode BadParameter = new(4003, "A parameter or its value is not one that the server takes.", ExitCode.WrongUse);
    public static readonly ErrorCode ExtensionMissing = new(4004, "An extension is not installed on the server.");
    public static readonly ErrorCode WouldLockOut = new(4005, "The change would lock out the role that makes it.", ExitCode.Refused);
    public static readonly ErrorCode IsProtected = new(4006, "The cluster is protected from the loss of databases.", ExitCode.Refused);
    public static readonly ErrorCode NotConverged = new(4007, "After the change the cluster is still not as declared.", ExitCode.PartlyApplied);
    public static readonly ErrorCode StepFailed = new(4008, "A change of a cluster failed.");
    public static readonly ErrorCode BadPassword = new(4009, "A password cannot be used.", ExitCode.WrongUse);
    public static readonly ErrorCode BadExpression = new(4010, "The server does not take an expression of a row policy.", ExitCode.WrongUse);
    public static readonly ErrorCode PrivilegeMissing = new(4011, "The role may not read or change what is declared.");
    public static readonly ErrorCode ServerProgramsMissing = new(4024, "The programs of the declared version are not installed on the host.");
    public static readonly ErrorCode PortInUse = new(4025, "Another program listens on the port of an instance.");
    public static readonly ErrorCode NotOurs = new(4026, "A folder or file on a host is not one that this program has made.", ExitCode.Refused);
    public static readonly ErrorCode InstanceNotStarted = new(4027, "An instance does not start.");
    public static readonly ErrorCode BadAccessRules = new(4028, "The server does not take an access rule.", ExitCode.WrongUse);
    public static readonly ErrorCode BadCertificate = new(4029, "A certificate or its key cannot be used.", ExitCode.WrongUse);
    public static readonly ErrorCode NoInstance = new(4030, "The declaration has no instance.", ExitCode.WrongUse);
    public static readonly ErrorCode NoLastBackup = new(4031, "An instance is not destroyed without a last backup.", ExitCode.Refused);
    public static readonly ErrorCode NotBuilt = new(4032, "The declaration asks for what this version does not do yet.", ExitCode.WrongUse);
    public static readonly ErrorCode PoolerProgramMissing = new(4040, "The host of a pooler has not the program.");
    public static readonly ErrorCode PoolerRefused = new(4041, "The pooler does not take the configuration that a declaration makes.", ExitCode.WrongUse);
    public static readonly ErrorCode PoolerNotStarted = new(4042, "A pooler does not answer.");
    public static readonly ErrorCode ExporterNotUp = new(4043, "An exporter does not answer, or cannot sign in.");
#pragma warning restore CS1591

    /// <summary>All codes of this range, in order.</summary>
    public static IReadOnlyList<ErrorCode> All { get; } =
    [
        NoClusters, UnknownCluster, VersionDiffers, BadParameter, ExtensionMissing, WouldLockOut, IsProtected, NotConverged, StepFailed, BadPassword, BadExpression, PrivilegeMissing,
        ServerProgramsMissing, PortInUse, NotOurs, InstanceNotStarted, BadAccessRules, BadCertificate, NoInstance, NoLastBackup, NotBuilt,
        PoolerProgramMissing, PoolerRefused, PoolerNotStarted, ExporterNotUp,
    ];
}
