using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate;

/// <summary>The error codes of the Migrate duty, 3000 to 3999.</summary>
public static class MigrateErrors
{
#pragma warning disable CS1591 // Each field's meaning is its first argument's neighbour.
    public static readonly ErrorCode FolderMissing = new(3000, "The migrations folder does not exist.", ExitCode.WrongUse);
    public static readonly ErrorCode FileUnreadable = new(3001, "A migration file cannot be read.");
    public static readonly ErrorCode NotUtf8 = new(3002, "A migration file is not valid UTF-8.");
    public static readonly ErrorCode BadFileName = new(3003, "A file in the migrations folder is not named as its format wants it.");
    public static readonly ErrorCode DuplicateVersion = new(3004, "Two migrations have the same version.");
    public static readonly ErrorCode BadDirective = new(3005, "A '-- lk:' directive is not known.");
    public static readonly ErrorCode UnknownFormat = new(3006, "The format of a migrations folder is unknown or ambiguous.", ExitCode.WrongUse);
    public static readonly ErrorCode BadScriptSettings = new(3007, "The settings beside a Flyway script are not valid.");
    public static readonly ErrorCode UnknownPlaceholder = new(3008, "A placeholder has no value.");
    public static readonly ErrorCode EmptyFile = new(3009, "A migration file has no statement.");
    public static readonly ErrorCode SumMismatch = new(3010, "A file does not fit the checksums that its tool keeps beside it.", ExitCode.Refused);
    public static readonly ErrorCode FileTooLarge = new(3011, "A migration file is larger than can be taken.");
    public static readonly ErrorCode BadScript = new(3012, "A migration file is not as its format wants it.");
    public static readonly ErrorCode NotSupported = new(3013, "A migration uses something of its tool that is not supported here.");
    public static readonly ErrorCode BadPlan = new(3014, "A Sqitch plan, or the settings beside it, are not valid.");
    public static readonly ErrorCode UnmetDependency = new(3015, "A migration requires one that is not there, or conflicts with one that is.", ExitCode.Refused);
    public static readonly ErrorCode FileChanged = new(3016, "A migration file was changed while a run worked with it.");

    public static readonly ErrorCode TransactionControl = new(3020, "A migration file begins or ends a transaction by itself.");
    public static readonly ErrorCode NeedsNoTransaction = new(3021, "A statement that cannot run in a transaction stands in a file that runs in one.");

    public static readonly ErrorCode EditedMigration = new(3040, "The file of an applied migration was changed after it was applied.", ExitCode.Refused);
    public static readonly ErrorCode MissingMigration = new(3041, "The file of an applied migration is gone.", ExitCode.Refused);
    public static readonly ErrorCode OutOfOrder = new(3042, "A migration is older than one that is applied.", ExitCode.Refused);
    public static readonly ErrorCode HistoryTooNew = new(3043, "The target's history was written by a newer Lockkeeper.");
    public static readonly ErrorCode Drift = new(3044, "The target's schema is not as the last run left it.", ExitCode.Refused);
    public static readonly ErrorCode NotPromotable = new(3045, "The release has not passed the environment before this one.", ExitCode.Refused);
    public static readonly ErrorCode Interrupted = new(3046, "An earlier run was interrupted inside a migration that does not run in a transaction.");
    public static readonly ErrorCode DoneEdited = new(3047, "A migration without a transaction was interrupted, and its statements that are done were edited since.", ExitCode.Refused);

    public static readonly ErrorCode MigrationFailed = new(3060, "A migration failed.");
    public static readonly ErrorCode LockNotReached = new(3061, "A migration did not get its lock within all its tries.");
    public static readonly ErrorCode InvalidIndex = new(3062, "An index was built and is not valid.");
    public static readonly ErrorCode NoWayBack = new(3063, "A migration that would be rolled back has no down file.", ExitCode.Refused);
    public static readonly ErrorCode UnknownVersion = new(3064, "A version that was asked for is not there.", ExitCode.WrongUse);
    public static readonly ErrorCode NothingToDo = new(3065, "There is nothing to roll back.", ExitCode.WrongUse);
    public static readonly ErrorCode HealthLimit = new(3066, "The target's health went past a limit after the release was applied.", ExitCode.Refused);
    public static readonly ErrorCode ReadOnlyTarget = new(3068, "The target takes no changes.");
    public static readonly ErrorCode LeaseLost = new(3069, "The target's lease went to another runner while this one did not answer.");
    public static readonly ErrorCode VerifyFailed = new(3070, "The verify script of a migration failed, and the migration was undone.");
    public static readonly ErrorCode NotSquashed = new(3073, "A baseline could not be made, or does not make what the migrations make.");
    public static readonly ErrorCode AlreadyApplied = new(3067, "The target has a history already.", ExitCode.Refused);
    public static readonly ErrorCode PreconditionFailed = new(3079, "A precondition of a migration does not hold in the target.", ExitCode.Refused);

    public static readonly ErrorCode ForeignHistory = new(3080, "The history of an adopted tool does not fit the files or cannot be read.", ExitCode.Refused);
    public static readonly ErrorCode NothingToAdopt = new(3081, "No other tool's history that could be adopted was found.", ExitCode.WrongUse);
    public static readonly ErrorCode SeveralHistories = new(3082, "The histories of several tools were found, and it was not said which one to adopt.", ExitCode.WrongUse);
    public static readonly ErrorCode NotProven = new(3083, "What was found speaks against adopting another tool's history.", ExitCode.Refused);
    public static readonly ErrorCode NotAdopted = new(3084, "Another tool has applied migrations of this series, and its history is not adopted.", ExitCode.Refused);
    public static readonly ErrorCode ForeignLocked = new(3085, "Another tool whose history is adopted holds its lock: it is migrating the database.", ExitCode.Refused);

    public static readonly ErrorCode UnknownRule = new(3100, "A rule that the configuration or a file names is not there.", ExitCode.WrongUse);
    public static readonly ErrorCode NotLinted = new(3101, "What should be linted cannot be found or read.", ExitCode.WrongUse);
    public static readonly ErrorCode NoShadow = new(3120, "The schema that a proof starts from cannot be made on the shadow.");
    public static readonly ErrorCode WayBackNotProven = new(3121, "A migration has no proven way back, and the environment wants one.", ExitCode.Refused);
    public static readonly ErrorCode ShadowFailed = new(3122, "The shadow server went away or ran out of room in the middle of a proof.");

    public static readonly ErrorCode NoTenants = new(3140, "A list of tenants is empty.", ExitCode.Failed);
    public static readonly ErrorCode TenantListUnreadable = new(3141, "The list of a target's tenants cannot be read.");
    public static readonly ErrorCode DuplicateTenant = new(3142, "Two tenants of a target are the same.", ExitCode.WrongUse);
    public static readonly ErrorCode TenantMissing = new(3143, "A tenant that is listed is not there.");
    public static readonly ErrorCode TenantsFailed = new(3144, "Not all tenants were changed.");
    public static readonly ErrorCode TenantNeeded = new(3145, "A verb that works on one database was called for one that has tenants.", ExitCode.WrongUse);

    public static readonly ErrorCode LocksGivenUp = new(3160, "A migration gave its locks up in each of its tries, because too many sessions waited behind it.");
    public static readonly ErrorCode ObstacleInTheWay = new(3161, "Something that does not end soon is in the way of a migration's locks.", ExitCode.Refused);
    public static readonly ErrorCode NotExpandable = new(3180, "A change cannot be cut into phases that old and new applications live through.", ExitCode.Refused);

    public static readonly ErrorCode NotInBatches = new(3200, "A statement under '-- lk: backfill' cannot be run in batches.");
    public static readonly ErrorCode NoBackfillKey = new(3201, "The table of a backfill has no key that batches could go along.");
    public static readonly ErrorCode BackfillPaused = new(3202, "A backfill was paused.");
    public static readonly ErrorCode BackfillHeldUp = new(3203, "A backfill was held up for too long: by its throttle, or by rows that others had locked.");
    public static readonly ErrorCode BackfillChanged = new(3204, "The statement of a backfill that is partly done was changed.", ExitCode.Refused);
    public static readonly ErrorCode BackfillIncomplete = new(3205, "A backfill has ended and rows are left.");
    public static readonly ErrorCode NoBackfill = new(3206, "There is no backfill to do this with.", ExitCode.WrongUse);
#pragma warning restore CS1591

    /// <summary>All codes of this range, in order.</summary>
    public static IReadOnlyList<ErrorCode> All { get; } =
    [
        FolderMissing, FileUnreadable, NotUtf8, BadFileName, DuplicateVersion, BadDirective, UnknownFormat, BadScriptSettings, UnknownPlaceholder, EmptyFile, SumMismatch, FileTooLarge, BadScript, NotSupported,
        BadPlan, UnmetDependency, FileChanged,
        TransactionControl, NeedsNoTransaction,
        EditedMigration, MissingMigration, OutOfOrder, HistoryTooNew, Drift, NotPromotable, Interrupted, DoneEdited,
        MigrationFailed, LockNotReached, InvalidIndex, NoWayBack, UnknownVersion, NothingToDo, HealthLimit, AlreadyApplied, ReadOnlyTarget, LeaseLost, VerifyFailed, NotSquashed, PreconditionFailed,
        ForeignHistory, NothingToAdopt, SeveralHistories, NotProven, NotAdopted, ForeignLocked,
        UnknownRule, NotLinted,
        NoShadow, WayBackNotProven, ShadowFailed,
        NoTenants, TenantListUnreadable, DuplicateTenant, TenantMissing, TenantsFailed, TenantNeeded,
        LocksGivenUp, ObstacleInTheWay,
        NotExpandable,
        NotInBatches, NoBackfillKey, BackfillPaused, BackfillHeldUp, BackfillChanged, BackfillIncomplete, NoBackfill,
    ];
}
