"""
What the pages of signing in say: sentences of django-allauth that our catalogues say in our own words.

Its own Romanian leaves marks out and is familiar where the rest of the product is polite. A catalogue of the project stands before those
of its libraries, so that a sentence that is gathered here is said as we say it.
"""

from typing import Final

from django.utils.translation import gettext_noop

SIGN_IN_WORDS: Final = (
    gettext_noop("A sign-in code has been sent to %(recipient)s."),
    gettext_noop("A user is already registered with this email address."),
    gettext_noop("Activate"),
    gettext_noop("Activate Authenticator App"),
    gettext_noop("Add Email"),
    gettext_noop("Add Email Address"),
    gettext_noop("Add Security Key"),
    gettext_noop("Already have an account? Then please %(link)ssign in%(end_link)s."),
    gettext_noop("Are you sure you want to remove this security key?"),
    gettext_noop("Are you sure you want to sign out?"),
    gettext_noop("Are you sure?"),
    gettext_noop("Be patient, you are sending too many requests."),
    gettext_noop("Change Password"),
    gettext_noop("Confirm"),
    gettext_noop("Confirm Access"),
    gettext_noop("Confirm Email Address"),
    gettext_noop("Confirmation email sent to %(email)s."),
    gettext_noop("Create Passkey"),
    gettext_noop("Current Password"),
    gettext_noop("Deactivate"),
    gettext_noop("Deactivate Authenticator App"),
    gettext_noop("Do you really want to remove the selected email address?"),
    gettext_noop("Download"),
    gettext_noop("Download codes"),
    gettext_noop("Edit Security Key"),
    gettext_noop("Email (again)"),
    gettext_noop("Email (optional)"),
    gettext_noop("Email address %(deleted_email)s has been removed from your account."),
    gettext_noop(
        "Enabling passwordless operation allows you to sign in using just this key, but imposes "
        "additional requirements such as biometrics or PIN protection."
    ),
    gettext_noop("Enter Email Verification Code"),
    gettext_noop("Enter Password Reset Code"),
    gettext_noop("Enter Sign-In Code"),
    gettext_noop("Enter an authenticator code:"),
    gettext_noop("Enter your password:"),
    gettext_noop("Forgot Password?"),
    gettext_noop("Forgot your password?"),
    gettext_noop(
        "Forgotten your password? Enter your email address below, and we'll send you an email allowing you to reset it."
    ),
    gettext_noop("Generate"),
    gettext_noop("Generate new codes"),
    gettext_noop("Hello from %(site_name)s!"),
    gettext_noop("I have saved my recovery codes"),
    gettext_noop("If it was you, you can sign up for an account using the link below."),
    gettext_noop(
        "If you choose to trust this browser, you will not be asked for a verification code the next time you sign in."
    ),
    gettext_noop(
        "If you have not created an account yet, then please %(link)ssign up%(end_link)s first."
    ),
    gettext_noop("Make Primary"),
    gettext_noop("Manage"),
    gettext_noop("New Password"),
    gettext_noop("New Password (again)"),
    gettext_noop("Other sign-in options"),
    gettext_noop("Password (again)"),
    gettext_noop("Password Reset"),
    gettext_noop("Password successfully changed."),
    gettext_noop("Password successfully set."),
    gettext_noop("Please Confirm Your Email Address"),
    gettext_noop(
        'Please confirm that <a href="mailto:%(email)s">%(email)s</a> is an email address for user %(user_display)s.'
    ),
    gettext_noop("Please contact us if you have any trouble resetting your password."),
    gettext_noop("Please reauthenticate to safeguard your account."),
    gettext_noop("Please type your current password."),
    gettext_noop("Primary"),
    gettext_noop("Primary email address set."),
    gettext_noop("Re-send Verification"),
    gettext_noop("Remember Me"),
    gettext_noop("Remove"),
    gettext_noop("Remove Security Key"),
    gettext_noop("Removed email address %(email)s."),
    gettext_noop("Request Code"),
    gettext_noop("Request new code"),
    gettext_noop("Reset My Password"),
    gettext_noop("Send me a sign-in code"),
    gettext_noop("Set Password"),
    gettext_noop("Sign In"),
    gettext_noop("Sign Out"),
    gettext_noop("Sign Out Other Sessions"),
    gettext_noop("Sign Up"),
    gettext_noop("Sign Up Closed"),
    gettext_noop("Sign in with a passkey"),
    gettext_noop("Sign up using a passkey"),
    gettext_noop("Signed out of all other sessions."),
    gettext_noop("Signup"),
    gettext_noop("Successfully signed in as %(name)s."),
    gettext_noop("Thank you for using %(site_name)s!\n%(site_domain)s"),
    gettext_noop("The email address and/or password you specified are not correct."),
    gettext_noop("The following email addresses are associated with your account:"),
    gettext_noop("This account is currently inactive."),
    gettext_noop("This action will invalidate your existing codes."),
    gettext_noop("This email address is already associated with this account."),
    gettext_noop(
        'This email confirmation link expired or is invalid. Please <a href="%(email_url)s">issue a new email confirmation request</a>.'
    ),
    gettext_noop("This mail can be safely ignored if you did not initiate this action."),
    gettext_noop("This password is entirely numeric."),
    gettext_noop("This password is too common."),
    gettext_noop("To confirm this is correct, go to %(activate_url)s"),
    gettext_noop("Too many failed login attempts. Try again later."),
    gettext_noop("Trust for %(period)s"),
    gettext_noop("Trust this Browser?"),
    gettext_noop("Two-Factor Authentication"),
    gettext_noop(
        "Unable to confirm %(email)s because it is already confirmed by a different account."
    ),
    gettext_noop("Unverified"),
    gettext_noop("Use a different email address"),
    gettext_noop("Use a security key"),
    gettext_noop("Use authenticator app or code"),
    gettext_noop("Use your password"),
    gettext_noop("Verify Your Email Address"),
    gettext_noop("View"),
    gettext_noop("We are sorry, but the sign up is currently closed."),
    gettext_noop(
        "We've sent a code to %(recipient)s. The code expires shortly, so please enter it soon."
    ),
    gettext_noop(
        "You are about to create a passkey for your account. As you can add additional keys later "
        "on, you can use a descriptive name to tell the keys apart."
    ),
    gettext_noop(
        "You are about to deactivate authenticator app based authentication. Are you sure?"
    ),
    gettext_noop("You are about to generate a new set of recovery codes for your account."),
    gettext_noop("You are already logged in as %(user_display)s."),
    gettext_noop(
        "You are receiving this mail because the following change was made to your account:"
    ),
    gettext_noop(
        "You can store this secret and use it to reinstall your authenticator app at a later time."
    ),
    gettext_noop(
        "You cannot activate two-factor authentication until you have verified your email address."
    ),
    gettext_noop(
        "You cannot add an email address to an account protected by two-factor authentication."
    ),
    gettext_noop("You cannot add more than %d email addresses."),
    gettext_noop("You cannot deactivate two-factor authentication."),
    gettext_noop(
        "You cannot generate recovery codes without having two-factor authentication enabled."
    ),
    gettext_noop("You cannot remove your primary email address (%(email)s)."),
    gettext_noop("You cannot remove your primary email address."),
    gettext_noop("You have confirmed %(email)s."),
    gettext_noop("You have signed out."),
    gettext_noop("You must type the same email each time."),
    gettext_noop("You must type the same password each time."),
    gettext_noop("You will receive a special code for a password-free sign-in."),
    gettext_noop(
        "Your account is protected by two-factor authentication. Please enter an authenticator code:"
    ),
    gettext_noop("Your email has been confirmed."),
    gettext_noop(
        "Your email verification code is listed below. Please enter it in your open browser window."
    ),
    gettext_noop("Your password has been changed."),
    gettext_noop("Your password has been reset."),
    gettext_noop("Your password has been set."),
    gettext_noop("Your password is now changed."),
    gettext_noop(
        "Your password reset code is listed below. Please enter it in your open browser window."
    ),
    gettext_noop("Your primary email address must be verified."),
    gettext_noop("Your sign-in code is listed below. Please enter it in your open browser window."),
)
