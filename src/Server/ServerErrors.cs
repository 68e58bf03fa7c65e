using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Server;

/// <summary>The error codes of the server, 7000 to 7999.</summary>
public static class ServerErrors
{
#pragma warning disable CS1591 // Each field's meaning is its first argument's neighbour.
    public static readonly ErrorCode SignInNeeded = new(7000, "The server answers only those who have signed in.", ExitCode.Refused);
    public static readonly ErrorCode NotAllowed = new(7001, "The caller's roles do not allow this.", ExitCode.Refused);
    public static readonly ErrorCode SignInRefused = new(7002, "The name or the password is wrong.", ExitCode.Refused);
    public static readonly ErrorCode TooManyTries = new(7003, "Too many sign-ins have failed; the server waits before it looks at another.", ExitCode.Refused);
    public static readonly ErrorCode ForgedRequest = new(7004, "A request that changes something did not come from a page of this server.", ExitCode.Refused);
    public static readonly ErrorCode NoSuchPlace = new(7005, "The server has no such address.", ExitCode.WrongUse);
    public static readonly ErrorCode BadRequest = new(7006, "A request could not be understood.", ExitCode.WrongUse);
    public static readonly ErrorCode BodyTooLarge = new(7007, "The body of a request is larger than any that the server has a use for.", ExitCode.WrongUse);
    public static readonly ErrorCode KeyUsedOtherwise = new(7008, "An idempotency key was used for another request before.", ExitCode.WrongUse);
    public static readonly ErrorCode TooManyJobs = new(7009, "As many jobs are waiting as the server takes.", ExitCode.Refused);
    public static readonly ErrorCode BadPassword = new(7010, "A password is too short or the same as before.", ExitCode.WrongUse);
    public static readonly ErrorCode AccountExists = new(7011, "There is a person of this name already.", ExitCode.WrongUse);
    public static readonly ErrorCode BadGrant = new(7012, "A role is not written correctly.", ExitCode.WrongUse);
    public static readonly ErrorCode LastAdmin = new(7013, "The last administrator cannot be shut out.", ExitCode.Refused);
    public static readonly ErrorCode Interrupted = new(7014, "The server stopped while a job ran.");
    public static readonly ErrorCode OpenAddress = new(7015, "The server would listen on an address of the network without encryption.", ExitCode.Refused);
    public static readonly ErrorCode BadSchedule = new(7016, "A schedule cannot be run as it is declared.", ExitCode.WrongUse);
    public static readonly ErrorCode BadComment = new(7030, "A comment is empty or too long.", ExitCode.WrongUse);
    public static readonly ErrorCode BadClusterRequest = new(7031, "What was asked for as a new cluster cannot be declared so.", ExitCode.WrongUse);
    public static readonly ErrorCode ClusterDeclared = new(7032, "A file of this name declares a cluster already.", ExitCode.Refused);
    public static readonly ErrorCode NoSuchProposal = new(7040, "There is no such proposal.", ExitCode.WrongUse);
    public static readonly ErrorCode ProposalDecided = new(7041, "A proposal does not wait any more.", ExitCode.Refused);
    public static readonly ErrorCode ProposalChanged = new(7042, "What a proposal would do has changed since it was made.", ExitCode.Refused);
    public static readonly ErrorCode GitFailed = new(7050, "The repository of the project could not be read or brought forward.");
    public static readonly ErrorCode ForeignMessage = new(7051, "A message to a webhook is not signed with its secret.", ExitCode.Refused);
    public static readonly ErrorCode NotPosted = new(7052, "The code host did not take a comment.");
#pragma warning restore CS1591

    /// <summary>All codes of this range, in order.</summary>
    public static IReadOnlyList<ErrorCode> All { get; } =
    [
        SignInNeeded, NotAllowed, SignInRefused, TooManyTries, ForgedRequest, NoSuchPlace, BadRequest, BodyTooLarge, KeyUsedOtherwise, TooManyJobs,
        BadPassword, AccountExists, BadGrant, LastAdmin, Interrupted, OpenAddress, BadSchedule,
        BadComment, BadClusterRequest, ClusterDeclared,
        NoSuchProposal, ProposalDecided, ProposalChanged,
        GitFailed, ForeignMessage, NotPosted,
    ];
}
