namespace Lockkeeper.Tests.Faults.Migrate.Campaign;

/// <summary>What happens to a run.</summary>
internal enum Disturbance
{
    /// <summary>SIGKILL before a message reaches the server.</summary>
    KillBefore,

    /// <summary>SIGKILL when a message is under way.</summary>
    KillAfter,

    /// <summary>SIGKILL a few milliseconds after a message, so inside of what it asked for.</summary>
    KillInside,

    /// <summary>The connections are reset before a message reaches the server; the program lives.</summary>
    Cut,

    /// <summary>SIGKILL of the postmaster when a message is under way; the server is started again, the program lives.</summary>
    ServerCrash,
}
