//! The `authorizer` of admission expressions, without rules: nothing is known of what a user may do, so every check says
//! that no one has an opinion.

/// `authorizer`
#[derive(Clone, Debug, Default)]
pub struct Authorizer {
    _private: (),
}

/// A path whose access can be checked.
#[derive(Clone, Debug)]
pub struct PathCheck {
    _private: (),
}

/// A group whose resources can be checked.
#[derive(Clone, Debug)]
pub struct GroupCheck {
    _private: (),
}

/// A resource whose access can be checked.
#[derive(Clone, Debug)]
pub struct ResourceCheck {
    _private: (),
}

/// What an authorizer says.
#[derive(Clone, Debug)]
pub struct Decision {
    /// Whether the user may.
    pub(super) allowed: bool,
    /// Why.
    pub(super) reason: &'static str,
    /// What went wrong.
    pub(super) error: Option<&'static str>,
}

impl Authorizer {
    pub(super) fn path(&self) -> PathCheck {
        PathCheck { _private: () }
    }

    pub(super) fn group(&self) -> GroupCheck {
        GroupCheck { _private: () }
    }

    /// The check of the request's own resource: `authorizer.requestResource`.
    #[must_use]
    pub fn request_resource(&self) -> ResourceCheck {
        ResourceCheck { _private: () }
    }
}

impl GroupCheck {
    pub(super) fn resource(&self) -> ResourceCheck {
        ResourceCheck { _private: () }
    }
}

impl Decision {
    /// No rule speaks of it.
    pub(super) const NO_OPINION: Decision = Decision { allowed: false, reason: "", error: None };
}
