namespace Lockkeeper.Kernel.Errors;

/// <summary>How a verb ended, as the process exit code. The numbers are a contract with scripts and never change.</summary>
public enum ExitCode
{
    /// <summary>Everything asked for was done.</summary>
    Done = 0,

    /// <summary>The verb ran and found something that needs attention: findings or drift.</summary>
    Findings = 1,

    /// <summary>The command line or the configuration is wrong; nothing was started.</summary>
    WrongUse = 2,

    /// <summary>Failed, and nothing was changed.</summary>
    Failed = 3,

    /// <summary>Failed after a part had been applied; the report says which.</summary>
    PartlyApplied = 4,

    /// <summary>Refused by policy, gate or approval; nothing was changed.</summary>
    Refused = 5,
}
