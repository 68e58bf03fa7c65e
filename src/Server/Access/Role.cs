namespace Lockkeeper.Server.Access;

/// <summary>What a person or a token may do; each role may do all that those before it may.</summary>
internal enum Role
{
    /// <summary>Looks at everything and changes nothing.</summary>
    Viewer,

    /// <summary>Tries changes out: lint, proofs, dry runs.</summary>
    Developer,

    /// <summary>Keeps things running: backups, drills, silences, approvals.</summary>
    Operator,

    /// <summary>Changes databases: migrations, clusters, restores.</summary>
    Dba,

    /// <summary>Decides who may do what.</summary>
    Admin,
}
