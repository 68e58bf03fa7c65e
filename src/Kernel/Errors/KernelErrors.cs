namespace Lockkeeper.Kernel.Errors;

/// <summary>The error codes of the Kernel, 1000 to 1999.</summary>
public static class KernelErrors
{
#pragma warning disable CS1591 // Each field's meaning is its first argument's neighbour.
    public static readonly ErrorCode WrongUse = new(1000, "The command line could not be understood.", ExitCode.WrongUse);
    public static readonly ErrorCode Cancelled = new(1001, "The work was cancelled before it was finished.");
    public static readonly ErrorCode TimedOut = new(1002, "The time limit given with --timeout was reached.");
    public static readonly ErrorCode Internal = new(1003, "Lockkeeper met a state that it does not know; this is a bug in Lockkeeper.");
    public static readonly ErrorCode NeedsConfirmation = new(1004, "The change is destructive and was not confirmed.", ExitCode.Refused);
    public static readonly ErrorCode OutputLost = new(1005, "The output could not be written; what the verb did is done.");

    public static readonly ErrorCode ConfigMissing = new(1100, "There is no lockkeeper.yaml.", ExitCode.WrongUse);
    public static readonly ErrorCode ConfigSyntax = new(1101, "The configuration is not valid YAML.", ExitCode.WrongUse);
    public static readonly ErrorCode ConfigUnknownKey = new(1102, "The configuration has a key that does not exist.", ExitCode.WrongUse);
    public static readonly ErrorCode ConfigBadValue = new(1103, "A value in the configuration is not valid.", ExitCode.WrongUse);
    public static readonly ErrorCode ConfigMissingKey = new(1104, "A key that is required is missing in the configuration.", ExitCode.WrongUse);
    public static readonly ErrorCode ConfigDuplicateKey = new(1105, "A key or name stands twice in the configuration.", ExitCode.WrongUse);
    public static readonly ErrorCode UnknownName = new(1106, "An environment or database is not in the configuration.", ExitCode.WrongUse);
    public static readonly ErrorCode FileExists = new(1107, "A file that would be written exists already.", ExitCode.WrongUse);
    public static readonly ErrorCode FileNotWritten = new(1108, "A file cannot be written.");

    public static readonly ErrorCode SecretSyntax = new(1200, "A secret reference is not written correctly.", ExitCode.WrongUse);
    public static readonly ErrorCode SecretMissing = new(1201, "A secret reference points to something that is not there.");
    public static readonly ErrorCode SecretCommandFailed = new(1202, "The command of a secret reference failed.");

    public static readonly ErrorCode ProgramMissing = new(1300, "A program that is needed is not installed.");
    public static readonly ErrorCode ProgramFailed = new(1301, "A program ended with an error.");
    public static readonly ErrorCode ProgramTimedOut = new(1302, "A program did not end within its time limit and was stopped.");

    public static readonly ErrorCode LedgerTampered = new(1400, "The ledger was changed after it was written.", ExitCode.Findings);
    public static readonly ErrorCode LedgerUnusable = new(1401, "The ledger cannot be read or written.");
    public static readonly ErrorCode RunUnknown = new(1402, "There is no run with this id in the ledger.", ExitCode.WrongUse);

    public static readonly ErrorCode StateUnusable = new(1403, "What the server keeps beside the ledger cannot be read or written.");
    public static readonly ErrorCode StateAway = new(1404, "The PostgreSQL that holds the state does not answer.");

    public static readonly ErrorCode GateFailed = new(1500, "A gate did not pass.", ExitCode.Refused);
    public static readonly ErrorCode ApprovalNeeded = new(1501, "The run waits for an approval.", ExitCode.Refused);
    public static readonly ErrorCode ApprovalNotAllowed = new(1502, "This person may not approve this run.", ExitCode.Refused);
    public static readonly ErrorCode WindowClosed = new(1503, "The environment's window is closed at this time.", ExitCode.Refused);

    public static readonly ErrorCode NoHttpAnswer = new(1600, "A service that was asked over HTTP did not answer.");
    public static readonly ErrorCode CannotListen = new(1601, "The address that requests were to be answered on cannot be used.");

    public static readonly ErrorCode HostUnreachable = new(1700, "A host does not answer, or does not let this program in.");
    public static readonly ErrorCode HostCommandFailed = new(1701, "A program failed on a host.");
    public static readonly ErrorCode HostDiskFull = new(1702, "The disk of a host has not enough room.");
    public static readonly ErrorCode HostBusy = new(1703, "Another run works on the same thing on a host.");
#pragma warning restore CS1591

    /// <summary>All codes of this range, in order.</summary>
    public static IReadOnlyList<ErrorCode> All { get; } =
    [
        WrongUse, Cancelled, TimedOut, Internal, NeedsConfirmation, OutputLost,
        ConfigMissing, ConfigSyntax, ConfigUnknownKey, ConfigBadValue, ConfigMissingKey, ConfigDuplicateKey, UnknownName, FileExists, FileNotWritten,
        SecretSyntax, SecretMissing, SecretCommandFailed,
        ProgramMissing, ProgramFailed, ProgramTimedOut,
        LedgerTampered, LedgerUnusable, RunUnknown, StateUnusable, StateAway,
        GateFailed, ApprovalNeeded, ApprovalNotAllowed, WindowClosed,
        NoHttpAnswer, CannotListen, HostUnreachable, HostCommandFailed, HostDiskFull, HostBusy,
    ];
}
