using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Backup;

/// <summary>The error codes of the Backup duty, 5000 to 5999.</summary>
public static class BackupErrors
{
#pragma warning disable CS1591 // Each field's meaning is its first argument's neighbour.
    public static readonly ErrorCode NoPolicy = new(5000, "The cluster declares no backups.", ExitCode.WrongUse);
    public static readonly ErrorCode ProgramMissing = new(5001, "The program that takes backups is not on the cluster's host.");
    public static readonly ErrorCode NotSetUp = new(5002, "Backups of the cluster are declared and not set up.");
    public static readonly ErrorCode OtherCluster = new(5003, "The repository holds the backups of another cluster.");
    public static readonly ErrorCode ArchivingFails = new(5004, "WAL does not reach the repository.");
    public static readonly ErrorCode Busy = new(5005, "Another backup, restore or expiry of the same cluster is at work.");
    public static readonly ErrorCode RepositoryUnreachable = new(5006, "A repository cannot be read or written.");
    public static readonly ErrorCode WrongCipher = new(5007, "The pass of a repository is not the one that it was written with.");
    public static readonly ErrorCode EngineFailed = new(5008, "The program that takes backups failed.");
    public static readonly ErrorCode UnknownSet = new(5009, "There is no such backup.", ExitCode.WrongUse);
    public static readonly ErrorCode OutOfRange = new(5010, "The moment asked for cannot be restored.", ExitCode.WrongUse);
    public static readonly ErrorCode FolderNotEmpty = new(5011, "The folder to restore to is not empty.");
    public static readonly ErrorCode NoRoom = new(5012, "There is not enough room for the restore.");
    public static readonly ErrorCode NotReached = new(5013, "The recovery ended before the moment asked for.");
    public static readonly ErrorCode StartFailed = new(5014, "A restored copy does not start.");
    public static readonly ErrorCode DamagedSet = new(5015, "A backup or the WAL in the repository is damaged.");
    public static readonly ErrorCode BadCheck = new(5016, "A question to the restored copy cannot be asked.", ExitCode.WrongUse);
    public static readonly ErrorCode LastProven = new(5017, "The last backup that a drill has restored is not removed.", ExitCode.Refused);
    public static readonly ErrorCode ServerVersion = new(5018, "The programs of the server's version are not on the host.");
    public static readonly ErrorCode DumpFailed = new(5019, "A dump or its loading failed.");
    public static readonly ErrorCode PageErrors = new(5020, "Pages of the database have a wrong checksum.");
    public static readonly ErrorCode Interrupted = new(5021, "A program that works for the backups was ended from outside.");
    public static readonly ErrorCode AmbiguousTime = new(5022, "A time that is to be restored was there twice, since the clock went back.");
    public static readonly ErrorCode NotDrillable = new(5023, "No drill of a managed cluster can be held.", ExitCode.WrongUse);
    public static readonly ErrorCode CopyNotMade = new(5024, "A managed service did not make the instance of a restore.");
    public static readonly ErrorCode CopyLeft = new(5025, "The instance of a drill could not be removed from a managed service.");
#pragma warning restore CS1591

    /// <summary>All codes of this range, in order.</summary>
    public static IReadOnlyList<ErrorCode> All { get; } =
    [
        NoPolicy, ProgramMissing, NotSetUp, OtherCluster, ArchivingFails, Busy, RepositoryUnreachable, WrongCipher, EngineFailed, UnknownSet, OutOfRange, FolderNotEmpty, NoRoom, NotReached, StartFailed, DamagedSet, BadCheck,
        LastProven, ServerVersion, DumpFailed, PageErrors, Interrupted, AmbiguousTime, NotDrillable, CopyNotMade, CopyLeft,
    ];
}
