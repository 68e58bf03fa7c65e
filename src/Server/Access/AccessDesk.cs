using Lockkeeper.Kernel.Errors;
using Microsoft.AspNetCore.Identity;

namespace Lockkeeper.Server.Access;

/// <summary>Lets people and programs in, and decides who they are.</summary>
/// <param name="store">People, tokens and sessions.</param>
/// <param name="limit">Slows guessing down.</param>
/// <param name="clock">The clock.</param>
internal sealed class AccessDesk(AccessStore store, SignInLimit limit, TimeProvider clock)
{
    /// <summary>Begins every token, so that programs that look for lost secrets know one.</summary>
    public const string TokenPrefix = "lk_";

    /// <summary>How long a session lasts that nobody uses.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromHours(12);

    /// <summary>How long a session lasts at most.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    /// <summary>How long the link for the first administrator opens.</summary>
    public static readonly TimeSpan SetupLasts = TimeSpan.FromHours(1);

    /// <summary>NIST SP 800-63B asks for 8 at least; what opens databases deserves some more.</summary>
    public const int ShortestPassword = 12;

    private readonly PasswordHasher<Account> hasher = new();
    private readonly Lazy<string> nobodysHash = new(() => new PasswordHasher<Account>().HashPassword(null!, Secrets.New()));
    private readonly Lock setupGate = new();
    private (string Hash, DateTimeOffset Until)? setup;

    /// <summary>Makes the secret of the link with which the first administrator is made; null when there is somebody already.</summary>
    public string? OpenSetup()
    {
        if (store.HasAccounts)
            return null;
        store.ReleaseSetup();
        var secret = Secrets.New();
        lock (setupGate)
            setup = (Secrets.Hash(secret), clock.GetUtcNow() + SetupLasts);
        return secret;
    }

    /// <summary>Passes while a link for the first administrator is good.</summary>
    /// <exception cref="LockkeeperException">It is not, or not any more: it was used, or that of another server was.</exception>
    public void RequireSetup(string secret)
    {
        lock (setupGate)
        {
            if (setup is not { } open || !Secrets.AreSame(open.Hash, Secrets.Hash(secret)) || clock.GetUtcNow() >= open.Until)
                throw new LockkeeperException(ServerErrors.SignInRefused, "this link is not good any more", "Start the server again for a new link; there is one only as long as nobody has an account.");
            if (store.HasAccounts)
                throw Late();
        }
    }

    /// <summary>Makes the first administrator; the link opens nothing any more, and those of other servers over the same state neither.</summary>
    /// <exception cref="LockkeeperException">The link is not good, or the password is not.</exception>
    public Account SetUp(string secret, string name, string password)
    {
        lock (setupGate)
        {
            RequireSetup(secret);
            var account = New(name, password, [new Grant(Role.Admin)]);
            if (!store.ClaimSetup(name) || !store.Add(account))
                throw Late();
            setup = null;
            return account;
        }
    }

    private static LockkeeperException Late() => new(
        ServerErrors.SignInRefused, "this link is not good any more: the first account was made by that of another server", "Sign in, or ask whoever made it for an account. When it was not one of you, stop the servers and find out who had the link.");

    /// <summary>Whether a text can be a person's name: it stands in the ledger, in pages and in the configuration.</summary>
    public static bool IsName(string name) => name.Length is > 0 and <= 64 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-' or '@' or '+');

    /// <summary>Adds a person.</summary>
    /// <exception cref="LockkeeperException">The name is taken or not one, or the password is too short.</exception>
    public Account Make(string name, string password, IReadOnlyList<Grant> grants)
    {
        var account = New(name, password, grants);
        return store.Add(account) ? account : throw new LockkeeperException(ServerErrors.AccountExists, $"there is a '{name}' already", "Choose another name, or change this person's roles.");
    }

    private Account New(string name, string password, IReadOnlyList<Grant> grants)
    {
        if (!IsName(name))
            throw new LockkeeperException(ServerErrors.BadRequest, $"'{name}' is not a name for a person", "Take up to 64 letters, digits and . _ - @ +; it stands in the ledger and under groups in lockkeeper.yaml.");
        return WithPassword(new Account(name, "", [.. grants.Select(grant => grant.ToString())], clock.GetUtcNow()), password);
    }

    /// <summary>The account with another password; every session of it ends.</summary>
    /// <exception cref="LockkeeperException">The password is too short.</exception>
    public Account WithPassword(Account account, string password)
    {
        if (password.Length is < ShortestPassword or > 512)
            throw new LockkeeperException(ServerErrors.BadPassword, $"the password has {password.Length} characters", $"Take {ShortestPassword} to 512; a sentence does well.");
        return account with { PasswordHash = hasher.HashPassword(account, password), Stamp = Secrets.New() };
    }

    /// <summary>Signs a person in; gives the secret of the session, which only the browser keeps.</summary>
    /// <param name="name">The name.</param>
    /// <param name="password">The password.</param>
    /// <param name="address">Where the request comes from.</param>
    /// <exception cref="LockkeeperException">They are not let in (LK7002, LK7003).</exception>
    public string SignIn(string name, string password, string address)
    {
        limit.Check(name, address);
        var account = store.Account(name);
        // A name that nobody has takes as long as one that somebody has.
        var answer = hasher.VerifyHashedPassword(account!, account?.PasswordHash ?? nobodysHash.Value, password);
        if (account is null || account.IsDisabled || answer == PasswordVerificationResult.Failed)
        {
            limit.Failed(name, address);
            throw new LockkeeperException(ServerErrors.SignInRefused, "the name or the password is wrong", "Try again, or ask an administrator to set another password.");
        }

        limit.Succeeded(name);
        if (answer == PasswordVerificationResult.SuccessRehashNeeded)
            store.Put(account = account with { PasswordHash = hasher.HashPassword(account, password) });
        return Begin(account);
    }

    /// <summary>Begins a session of somebody who is known.</summary>
    public string Begin(Account account)
    {
        var (secret, now) = (Secrets.New(), clock.GetUtcNow());
        store.RemoveSessionsBefore(now - Idle);
        store.Put(Secrets.Hash(secret), new Session(account.Name, account.Stamp, Secrets.New(), now, now));
        return secret;
    }

    /// <summary>Who a session's secret belongs to; null when it opens nothing.</summary>
    public Caller? OfSession(string secret)
    {
        var (hash, now) = (Secrets.Hash(secret), clock.GetUtcNow());
        if (store.Session(hash) is not { } session || now - session.SeenAt > Idle || now - session.SignedInAt > Longest)
            return null;
        if (store.Account(session.Account) is not { IsDisabled: false } account || account.Stamp != session.Stamp)
            return null;
        if (now - session.SeenAt > TimeSpan.FromMinutes(5))
            store.Put(hash, session with { SeenAt = now });
        return new Caller(account.Name, account.ReadGrants()) { ForgeryKey = session.ForgeryKey, SessionKey = hash };
    }

    /// <summary>Who a token stands for; null when it opens nothing.</summary>
    public Caller? OfToken(string token)
    {
        if (!token.StartsWith(TokenPrefix, StringComparison.Ordinal) || token[TokenPrefix.Length..].Split('_') is not [var id, var secret])
            return null;
        if (store.Token(id) is not { } known || !Secrets.AreSame(known.Hash, Secrets.Hash(secret)) || known.ExpiresAt <= clock.GetUtcNow())
            return null;
        return store.Account(known.Account) is { IsDisabled: false } account ? new Caller(account.Name, account.ReadGrants()) { Limit = [.. known.Grants.Select(Grant.Parse)] } : null;
    }

    /// <summary>Makes a token; it is shown once, and only its hash is kept.</summary>
    public (ApiToken Kept, string Shown) MakeToken(string account, string name, IReadOnlyList<Grant> grants, TimeSpan lasts)
    {
        var (id, secret, now) = (Secrets.New()[..12], Secrets.New(), clock.GetUtcNow());
        var token = new ApiToken(id, account, name, Secrets.Hash(secret), [.. grants.Select(grant => grant.ToString())], now, now + lasts);
        store.Add(token);
        return (token, $"{TokenPrefix}{id}_{secret}");
    }
}
